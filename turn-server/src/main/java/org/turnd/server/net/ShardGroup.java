package org.turnd.server.net;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.CidrBlock;
import org.turnd.server.config.RealmSettings;
import org.turnd.server.config.RedirectSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.BehaviorDiscovery;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.engine.ChannelOffload;
import org.turnd.server.engine.Credentials;
import org.turnd.server.engine.DiscoverySocket;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.EngineSettings;
import org.turnd.server.engine.PeerPolicy;
import org.turnd.server.engine.RealmUsers;
import org.turnd.server.engine.SharedState;
import org.turnd.server.engine.TurnEngine;
import org.turnd.server.policy.AddressRanges;
import org.turnd.stun.TransportAddress;

/// All shards of a server and the listeners they serve. Its methods are called on the embedder's
/// threads, never on an event loop.
public final class ShardGroup implements AutoCloseable {
    /// Answers kept for retransmitted requests, in one shard (C-02).
    static final int STORED_ANSWERS_MAX = 1 << 16;

    private static final long STOP_SECONDS_MAX = 5;

    private final DataPlaneChoice plane;
    private final MultiThreadIoEventLoopGroup loops;
    private final List<Shard> shards = new ArrayList<>();
    private final AddressRanges trustedProxies;
    private final StreamListeners streams;
    private final @Nullable TlsServer tls;
    private final @Nullable BehaviorDiscovery discovery;
    private final RedirectSettings redirect;
    private final List<RealmSettings> realms;
    private final @Nullable DtlsServer dtls;
    private final List<Listener> listeners = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /// Starts the event loops. No socket is open yet.
    ///
    /// @param tlsMaterial null when there is no certificate
    /// @param onEmpty told, on a shard's thread, when a shard's last allocation has ended
    /// @throws IOException when the TLS engine doesn't take the certificate, or the data plane gets
    ///   no memory
    public ShardGroup(
            ServerSettings settings,
            Parts parts,
            DataPlaneChoice plane,
            @Nullable TlsMaterial tlsMaterial,
            Runnable onEmpty)
            throws IOException {
        this.plane = plane;
        discovery = settings.stun().discovery();
        redirect = settings.redirect();
        realms = settings.realms();
        ServerSettings.Limits limits = settings.limits();
        ServerSettings.Tls tlsSettings = settings.tls();
        tls =
                tlsMaterial == null || tlsSettings == null
                        ? null
                        : tlsServer(tlsMaterial, tlsSettings.provider(), limits);
        int count = shardCount(settings);
        loops =
                new MultiThreadIoEventLoopGroup(
                        count, new DefaultThreadFactory("turnd-shard", false), plane.ioHandlers());
        EngineSettings engineSettings = EngineConfiguration.of(settings, count);
        var udpOptions = UdpOptions.of(limits.listenerBufferBytes(), limits.relayBufferBytes());
        StreamLimits streamLimits = streamLimits(limits);
        dtls = tlsMaterial == null ? null : dtlsServer(tlsMaterial, limits, streamLimits);
        try {
            for (EventExecutor executor : loops) {
                var loop = (SingleThreadIoEventLoop) executor;
                Shard.EngineFactory engines = engines(engineSettings, parts);
                UdpIo udp = plane.udpIo(loop, udpOptions);
                shards.add(
                        new Shard(
                                shards.size(),
                                loop,
                                plane,
                                udp,
                                new Coalescing(udp::sleep, settings.coalescing().toNanos()),
                                shards,
                                streamLimits,
                                dtls,
                                engines,
                                onEmpty));
            }
        } catch (IOException e) {
            stopShards();
            throw e;
        }
        trustedProxies = trustedProxies(settings);
        streams = new StreamListeners(loops, shards, plane, tls, trustedProxies, limits);
    }

    private Shard.EngineFactory engines(EngineSettings settings, Parts parts) {
        return (shard, sink, marker) -> {
            var replies = new UserReplies(shards, shard);
            var engine =
                    new TurnEngine(
                            shard,
                            settings,
                            parts.shared(),
                            parts.credentials().answering(replies),
                            parts.policy(),
                            sink,
                            new MarkingEvents(parts.events(), marker),
                            ChannelOffload.NONE,
                            new BufferedRandom());
            engine.realms().serve(answering(parts.realms(), replies));
            return engine;
        };
    }

    private static AddressRanges trustedProxies(ServerSettings settings) {
        return AddressRanges.of(settings.trustedProxies().stream().map(CidrBlock::parse).toList());
    }

    private static StreamLimits streamLimits(ServerSettings.Limits limits) {
        return new StreamLimits(
                limits.handshakeTimeout().toNanos(),
                limits.idleStreamTimeout().toNanos(),
                limits.streamQueueBytes(),
                limits.channelNumbers().max());
    }

    private static TlsServer tlsServer(
            TlsMaterial material, TlsProvider provider, ServerSettings.Limits limits)
            throws IOException {
        var choice = TlsProviderChoice.of(provider, material);
        try {
            return new TlsServer(
                    material,
                    choice,
                    limits.handshakeTimeout(),
                    new TlsHandshakes(limits.throttles().tlsHandshakes()));
        } catch (IOException e) {
            throw new IOException("TLS can't be used: " + e.getMessage(), e);
        }
    }

    private static DtlsServer dtlsServer(
            TlsMaterial material, ServerSettings.Limits limits, StreamLimits ofOne) {
        return new DtlsServer(
                material,
                limits.dtlsHandshakes(),
                limits.connections(),
                limits.throttles().connectionsPerAddress(),
                ofOne);
    }

    static int shardCount(ServerSettings settings) {
        if (!PortableUdpIo.canShare()) {
            return 1;
        }
        return settings.shards() > 0
                ? settings.shards()
                : Runtime.getRuntime().availableProcessors();
    }

    /// Opens these listeners, wildcards as one for each address in `local`.
    ///
    /// @return what can't be opened and why, one line each; empty is success
    public List<String> listen(List<Listener> wanted, List<TransportAddress> local) {
        var problems = new ArrayList<String>();
        var realmOf = new ArrayList<Integer>();
        for (Listener listener : LocalAddresses.expand(wanted, local)) {
            try {
                realmOf.add(RealmSettings.indexOf(realms, listener.address()));
                int index = listeners.size();
                int port = open(index, listener);
                listeners.add(listener.at(listener.address().withPort(port)));
            } catch (IOException e) {
                problems.add(
                        "cannot listen on %s %s: %s"
                                .formatted(
                                        listener.protocol(), listener.address(), e.getMessage()));
            }
        }
        if (problems.isEmpty()) {
            serveRealms(realmOf, problems);
            serveAnycast(problems);
        }
        if (discovery != null && problems.isEmpty()) {
            serveDiscovery(discovery, problems);
        }
        return problems;
    }

    private void serveRealms(List<Integer> realmOf, List<String> problems) {
        int[] indexes = realmOf.stream().mapToInt(Integer::intValue).toArray();
        try {
            for (Shard shard : shards) {
                runOn(shard, s -> s.engine().realms().assign(indexes));
            }
        } catch (IOException e) {
            problems.add("cannot serve realms: " + e.getMessage());
        }
    }

    private void serveAnycast(List<String> problems) {
        BitSet anycast = new BitSet();
        for (int i = 0; i < listeners.size(); i++) {
            anycast.set(i, redirect.isAnycast(listeners.get(i).address()));
        }
        if (anycast.isEmpty()) {
            return;
        }
        try {
            for (Shard shard : shards) {
                runOn(shard, s -> s.engine().serveAnycast(anycast));
            }
        } catch (IOException e) {
            problems.add("cannot serve anycast addresses: " + e.getMessage());
        }
    }

    private void serveDiscovery(BehaviorDiscovery wanted, List<String> problems) {
        try {
            List<DiscoverySocket> sockets = DiscoverySockets.of(wanted, listeners);
            for (Shard shard : shards) {
                int perSecond = wanted.requestsPerSecond();
                runOn(shard, s -> s.engine().serveDiscovery(sockets, perSecond));
            }
        } catch (IOException e) {
            problems.add("cannot serve NAT behaviour discovery: " + e.getMessage());
        }
    }

    private int open(int index, Listener listener) throws IOException {
        return switch (listener.protocol()) {
            case UDP -> openUdp(index, listener);
            case DTLS -> openDtls(index, listener.address());
            case TCP -> streams.listen(index, listener);
            case TLS -> {
                requireCertificate(tls, "TLS");
                yield streams.listen(index, listener);
            }
        };
    }

    private static void requireCertificate(@Nullable Object user, String name) throws IOException {
        if (user == null) {
            throw new IOException(name + " needs a certificate and a key, and none is configured");
        }
    }

    private int openUdp(int index, Listener listener) throws IOException {
        if (!listener.proxied()) {
            return openUdp(listener.address(), (s, a, role) -> s.listen(index, a, role));
        }
        Shard shard = shards.get(index % shards.size());
        return await(shard, s -> s.listenForProxies(index, listener.address(), trustedProxies));
    }

    /// P-06: on a socket of its own, or on that of the UDP listener with the same address.
    private int openDtls(int index, TransportAddress address) throws IOException {
        requireCertificate(dtls, "DTLS");
        int udpListener = listeners.indexOf(new Listener(Protocol.UDP, address));
        if (udpListener < 0) {
            return openUdp(
                    address,
                    (s, a, role) -> {
                        int port = s.listen(index, a, role);
                        s.serveDtls(index, index);
                        return port;
                    });
        }
        for (Shard shard : shards) {
            runOn(shard, s -> s.serveDtls(udpListener, index));
        }
        return address.port();
    }

    private int openUdp(TransportAddress address, Opening opening) throws IOException {
        if (shards.size() == 1) {
            return await(shards.getFirst(), s -> opening.open(s, address, UdpIo.Role.LISTENER));
        }
        TransportAddress bound = address.withPort(freePort(address));
        for (Shard shard : shards) {
            await(shard, s -> opening.open(s, bound, UdpIo.Role.SHARED_LISTENER));
        }
        return bound.port();
    }

    /// A shared address can be bound although another process serves it; so a socket that doesn't
    /// share comes first, to find out.
    private static int freePort(TransportAddress address) throws IOException {
        try (var probe = DatagramChannel.open()) {
            probe.bind(address.toInetSocketAddress());
            return probe.socket().getLocalPort();
        }
    }

    private static <T> T await(Shard shard, OnShard<T> task) throws IOException {
        Callable<T> call = () -> task.run(shard);
        Future<T> done;
        try {
            done = shard.loop().submit(call).awaitUninterruptibly();
        } catch (RejectedExecutionException stopped) {
            throw new IOException("the server has been stopped", stopped);
        }
        if (!done.isSuccess()) {
            throw new IOException(done.cause().getMessage(), done.cause());
        }
        return done.getNow();
    }

    private static void runOn(Shard shard, Task task) throws IOException {
        await(
                shard,
                s -> {
                    task.run(s);
                    return shard;
                });
    }

    /// What this machine gives less of than the settings may come to need, one line each.
    public List<String> warnings(ServerSettings settings) throws IOException {
        var check =
                new ResourceCheck(settings, shards.size(), listeners, ResourceCheck.Kernel.REAL);
        return check.shortages().stream().map(ResourceCheck.Shortage::toString).toList();
    }

    /// What carries UDP.
    public DataPlaneChoice dataPlane() {
        return plane;
    }

    /// What encrypts, null without a certificate.
    public @Nullable TlsProviderChoice tlsProvider() {
        return tls == null ? null : tls.provider();
    }

    /// Goes by other settings, users and peer rules from now on, and looks at every allocation in
    /// their light. What is fixed when shards and sockets are made stays. Returns when it is done.
    ///
    /// @throws IOException when the shards have been stopped
    public void use(ServerSettings settings, Credentials credentials, List<RealmUsers> others)
            throws IOException {
        EngineSettings next = EngineConfiguration.of(settings, shards.size());
        for (Shard shard : shards) {
            var replies = new UserReplies(shards, shard.index());
            Credentials users = credentials.answering(replies);
            List<RealmUsers> ofOthers = answering(others, replies);
            runOn(shard, s -> s.engine().use(next, users, ofOthers));
        }
        for (Shard shard : shards) {
            for (int at = 0; at >= 0; ) {
                int from = at;
                at = await(shard, s -> s.engine().review(from, s.wake()));
            }
        }
    }

    /// Uses another certificate for the handshakes that begin from now on (P-10); connections and
    /// sessions that are there go on with the old one.
    ///
    /// @throws IOException when TLS takes no such key or certificate; then nothing has changed
    public void use(TlsMaterial material) throws IOException {
        DtlsServer overUdp = dtls;
        DtlsCertificate next = overUdp == null ? null : overUdp.certificate(material);
        if (tls != null) {
            tls.use(material);
        }
        if (overUdp != null && next != null) {
            overUdp.use(next);
        }
    }

    /// DTLS sessions that are open now, unfinished handshakes among them.
    public int dtlsSessions() {
        return dtls == null ? 0 : dtls.sessions();
    }

    /// Begins to watch whether the event loops turn.
    ///
    /// @param whenAllTurn called once an interval, on the watch's thread, while none is stuck
    public LoopWatch watch(Duration bound, Duration interval, Runnable whenAllTurn) {
        return LoopWatch.start(shards, bound, interval, whenAllTurn);
    }

    /// Lists, shows and ends allocations.
    public ShardSessions sessions() {
        return new ShardSessions(shards, ShardSessions.SLICE);
    }

    /// The open listeners with the ports they got, in the order of their indexes.
    public List<Listener> listeners() {
        return Collections.unmodifiableList(listeners);
    }

    /// The shards, in the order of their indexes.
    public List<ShardStatus> shards() {
        return Collections.unmodifiableList(shards);
    }

    /// Ends every allocation and closes every socket and thread. A second call does nothing.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        streams.close();
        stopShards();
    }

    private void stopShards() {
        for (Shard shard : shards) {
            shard.loop().submit(shard::stop).awaitUninterruptibly();
        }
        loops.shutdownGracefully(0, STOP_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
        if (tls != null) {
            tls.close();
        }
    }

    /// What engines are made of, the same for every shard.
    ///
    /// @param credentials the users of the default realm
    /// @param realms the other realms with theirs, in the order of the settings
    public record Parts(
            SharedState shared,
            Credentials credentials,
            List<RealmUsers> realms,
            PeerPolicy policy,
            EngineEvents events) {
        public Parts {
            realms = List.copyOf(realms);
        }
    }

    private static List<RealmUsers> answering(List<RealmUsers> realms, UserReplies replies) {
        return realms.stream()
                .map(one -> new RealmUsers(one.name(), one.credentials().answering(replies)))
                .toList();
    }

    private interface Opening {
        int open(Shard shard, TransportAddress address, UdpIo.Role role) throws IOException;
    }

    private interface Task {
        void run(Shard shard);
    }

    private interface OnShard<T> {
        T run(Shard shard) throws IOException;
    }
}
