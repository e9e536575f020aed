package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.Throttles;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.Octets;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;
import org.turnd.stun.UserHash;

/// One engine between hand-written fakes, with a clock that a test turns by hand. Everything random
/// comes from one seed.
///
/// A test gives one input and looks at the complete list of outputs: every method that feeds the
/// engine returns it.
final class EngineFixture {
    static final long SECOND = 1_000_000_000L;
    static final String REALM = "example.org";
    static final String USER = "alice";
    static final String PASSWORD = "wonderland";
    static final String OTHER_USER = "bob";
    static final String OTHER_PASSWORD = "builder";
    static final TransportAddress RELAY_IPV4 = address("203.0.113.10", 0);
    static final TransportAddress RELAY_IPV6 = address("2001:db8:5::10", 0);

    /// The engine's contract: bytes around its input that it may write.
    static final int HEADROOM = 64;

    static final int TAILROOM = 4;

    private static final int FIRST_CLIENT_PORT = 40_000;
    private static final int TIMER_CALLS_MAX = 100_000;

    /// What may differ from test to test.
    static final class Options {
        long seed = 1;
        int shard = 0;
        String realm = REALM;
        @Nullable String software = "turnd";
        int defaultLifetimeSeconds = 600;
        int maxLifetimeSeconds = 3600;
        int nonceLifetimeSeconds = 1800;
        SecurityFeatures features = SecurityFeatures.DEFAULT;
        Redirect redirect = Redirect.NONE;
        int allocationsMax = 2000;
        int allocationsPerUser = 2000;
        int allocationsPerAddress;
        int bandwidthPerAllocation;
        int bandwidthPerUser;
        int bandwidth;
        List<Quotas.OfRealm> realms = List.of();
        AbuseLimits abuse = AbuseLimits.NONE;
        int permissionsMax = 10;
        int channelsMax = 10;
        int storedAnswersMax = 100;
        boolean mobility = true;
        int mobilityWindowSeconds = 20;
        int channelNumberMax = 0x4FFF;
        boolean classicStun;
        RelayTransports relayTransports = RelayTransports.UDP_ONLY;
        @Nullable TransportAddress relayIpv4 = RELAY_IPV4;
        @Nullable TransportAddress relayIpv6 = RELAY_IPV6;
        @Nullable TransportAddress externalIpv4;
        @Nullable TransportAddress externalIpv6;
        int minPort = 49152;
        int maxPort = 65535;
        int quarantineSeconds = 30;

        ChannelOffload offload = ChannelOffload.NONE;

        /// Ports, quotas and reservations to share with another engine; by default its own.
        @Nullable LocalSharedState shared;

        @Nullable AccessTokens accessTokens;

        /// Who must be asked for besides [FakeCredentials]; by default nobody.
        @Nullable RemoteUsers remote;
    }

    /// Users with one or more keys each.
    static final class FakeCredentials implements Credentials {
        private final String ofRealm;
        int candidates = 1;
        private @Nullable AccessTokens accessTokens;
        private @Nullable RemoteUsers remote;

        /// How long everybody's credentials are good yet.
        long secondsLeft = Credential.FOREVER;

        private final Map<String, List<Map<KeyAlgorithm, IntegrityKey>>> keys = new HashMap<>();

        FakeCredentials() {
            this(REALM);
        }

        FakeCredentials(String ofRealm) {
            this.ofRealm = ofRealm;
        }

        void add(String username, String password) {
            Map<KeyAlgorithm, IntegrityKey> both = new EnumMap<>(KeyAlgorithm.class);
            for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
                both.put(algorithm, algorithm.key(username, ofRealm, password));
            }
            keys.computeIfAbsent(username, name -> new ArrayList<>()).add(both);
        }

        void remove(String username) {
            keys.remove(username);
        }

        /// Forgets the keys of one algorithm, as a store that never had the passwords.
        void removeKeys(String username, KeyAlgorithm algorithm) {
            keys.getOrDefault(username, List.of()).forEach(both -> both.remove(algorithm));
        }

        @Override
        public @Nullable RemoteUsers remote() {
            return remote;
        }

        @Override
        public @Nullable AccessTokens accessTokens() {
            return accessTokens;
        }

        @Override
        public int candidates() {
            return candidates;
        }

        @Override
        public @Nullable Credential find(
                String username, String realm, KeyAlgorithm algorithm, int candidate) {
            List<Map<KeyAlgorithm, IntegrityKey>> known = keys.getOrDefault(username, List.of());
            if (!realm.equals(ofRealm) || candidate >= known.size()) {
                return null;
            }
            IntegrityKey key = known.get(candidate).get(algorithm);
            return key == null ? null : new Credential(key, secondsLeft);
        }

        @Override
        public @Nullable String usernameOf(Octets userHash, String realm) {
            return keys.keySet().stream()
                    .filter(name -> UserHash.of(name, realm).equals(userHash))
                    .findFirst()
                    .orElse(null);
        }
    }

    /// Lets everybody through but the hosts and transport addresses it was told.
    static final class FakePeerPolicy implements PeerPolicy {
        private final Set<TransportAddress> deniedHosts = new HashSet<>();
        private final Set<TransportAddress> denied = new HashSet<>();

        void denyHost(TransportAddress host) {
            deniedHosts.add(host.withPort(0));
        }

        void deny(TransportAddress address) {
            denied.add(address);
        }

        @Override
        public boolean permits(long high, long low) {
            // Asked for every packet, so it allocates nothing while nothing is denied.
            return deniedHosts.isEmpty()
                    || !deniedHosts.contains(new TransportAddress(high, low, 0));
        }

        @Override
        public boolean permits(long high, long low, int port) {
            return permits(high, low)
                    && (denied.isEmpty()
                            || !denied.contains(new TransportAddress(high, low, port)));
        }
    }

    /// The events, as lines of text.
    static final class RecordedEvents implements EngineEvents {
        final List<String> lines = new ArrayList<>();

        /// Whom clients have let in, each time a permission is new.
        final List<TransportAddress> permitted = new ArrayList<>();

        /// What the events about a whole allocation said of it.
        final List<AllocationSummary> allocations = new ArrayList<>();

        @Override
        public void onPermitted(AllocationSummary allocation, TransportAddress peer) {
            permitted.add(peer);
        }

        @Override
        public void onAllocated(AllocationSummary allocation, int seconds) {
            for (TransportAddress relayed : allocation.relayed()) {
                lines.add(
                        "allocated "
                                + allocation.username()
                                + " "
                                + relayed
                                + " "
                                + seconds
                                + " s");
            }
            allocations.add(allocation);
        }

        @Override
        public void onRefreshed(AllocationSummary allocation, int seconds) {
            lines.add("refreshed " + allocation.username() + " " + seconds + " s");
            allocations.add(allocation);
        }

        @Override
        public void onAllocationEnded(AllocationSummary allocation, EndReason reason) {
            lines.add(
                    "ended %s %s %d %d"
                            .formatted(
                                    allocation.username(),
                                    reason,
                                    allocation.bytesToPeers(),
                                    allocation.bytesToClient()));
            allocations.add(allocation);
        }

        @Override
        public void onClientLetIn(AllocationSummary allocation) {
            lines.add("let in " + allocation.username() + " " + allocation.client());
        }

        @Override
        public void onClientLeft(AllocationSummary allocation) {
            lines.add("left " + allocation.username() + " " + allocation.client());
        }

        @Override
        public void onPeerConnected(AllocationSummary allocation, TransportAddress peer) {
            lines.add("connected " + allocation.username() + " " + peer);
        }

        @Override
        public void onPeerConnectionEnded(
                AllocationSummary allocation,
                TransportAddress peer,
                PeerConnectionEnd reason,
                long toPeer,
                long toClient) {
            lines.add("disconnected " + peer + " " + reason + " " + toPeer + " " + toClient);
        }

        @Override
        public void onRefused(ClientPath client, StunMethod method, int code, RefusalCause cause) {
            lines.add("refused " + method.rfcName() + " " + code + " " + cause);
        }
    }

    final RecordingSink sink = new RecordingSink(this::onSettled);
    final FakeCredentials credentials = new FakeCredentials();
    final FakePeerPolicy peers = new FakePeerPolicy();
    final RecordedEvents events = new RecordedEvents();
    final LocalSharedState shared;
    final TurnEngine engine;

    /// A monotonic clock has no zero: this one passes it in the middle of the tests.
    long nowNanos = -100 * SECOND;

    private int nextClientPort = FIRST_CLIENT_PORT;
    private int nextConnection;

    EngineFixture() {
        this(options -> {});
    }

    EngineFixture(Consumer<Options> change) {
        Options options = new Options();
        change.accept(options);
        SplittableRandom random = new SplittableRandom(options.seed);
        credentials.accessTokens = options.accessTokens;
        credentials.remote = options.remote;
        LocalSharedState given = options.shared;
        shared =
                given != null
                        ? given
                        : new LocalSharedState(relay(options), quotas(options), random.split());
        engine =
                new TurnEngine(
                        options.shard,
                        settings(options),
                        shared,
                        credentials,
                        peers,
                        sink,
                        events,
                        options.offload,
                        random);
        credentials.add(USER, PASSWORD);
        credentials.add(OTHER_USER, OTHER_PASSWORD);
    }

    static TransportAddress address(String host, int port) {
        try {
            return TransportAddress.of(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(host, e);
        }
    }

    static EngineSettings settings(Options options) {
        return new EngineSettings(
                options.realm,
                options.software,
                options.defaultLifetimeSeconds,
                options.maxLifetimeSeconds,
                options.nonceLifetimeSeconds,
                options.features,
                options.redirect,
                options.allocationsMax,
                options.permissionsMax,
                options.channelsMax,
                options.storedAnswersMax,
                options.mobility,
                options.mobilityWindowSeconds,
                options.channelNumberMax,
                options.classicStun,
                options.abuse,
                options.relayTransports);
    }

    private static Quotas quotas(Options options) {
        return new Quotas(
                options.allocationsPerUser,
                options.allocationsPerAddress,
                new Throttles.Bandwidth(
                        options.bandwidthPerAllocation,
                        options.bandwidthPerUser,
                        options.bandwidth),
                options.realms);
    }

    private static ServerSettings.Relay relay(Options options) {
        return new ServerSettings.Relay(
                options.relayIpv4,
                options.relayIpv6,
                options.externalIpv4,
                options.externalIpv6,
                options.minPort,
                options.maxPort,
                Duration.ofSeconds(options.quarantineSeconds));
    }

    /// A UDP client at a new port of 198.51.100.1.
    TestClient udp() {
        return udp(0, address("198.51.100.1", nextClientPort++));
    }

    TestClient udp(int listener, TransportAddress address) {
        return new TestClient(this, ClientPath.datagram(listener, address));
    }

    /// A TCP client with a new connection from a new port of 198.51.100.1.
    TestClient tcp() {
        return stream(Transport.TCP, 0, address("198.51.100.1", nextClientPort++));
    }

    TestClient stream(Transport transport, int listener, TransportAddress address) {
        return new TestClient(
                this, ClientPath.stream(transport, listener, nextConnection++, address));
    }

    /// What the engine has done since somebody asked.
    List<Output> drain() {
        return sink.drain();
    }

    /// Moves the clock, and calls the engine whenever it asked to be called meanwhile.
    List<Output> advance(long seconds) {
        return advanceNanos(seconds * SECOND);
    }

    List<Output> advanceNanos(long nanos) {
        long untilNanos = nowNanos + nanos;
        for (int calls = 0; engine.nextDeadlineNanos() <= untilNanos; calls++) {
            assertTrue(calls < TIMER_CALLS_MAX, "the engine's deadline stands still");
            nowNanos = Math.max(nowNanos, engine.nextDeadlineNanos());
            engine.onTimer(nowNanos);
        }
        nowNanos = untilNanos;
        return drain();
    }

    /// Moves the clock, but lets the timer come late: the engine learns of it by its next input.
    void advanceSilently(long seconds) {
        nowNanos += seconds * SECOND;
    }

    /// A datagram from a peer to the relay socket at this local address.
    List<Output> peerSends(TransportAddress relay, TransportAddress peer, byte... data) {
        int id = sink.relayAt(relay);
        ByteBuf buffer = input(data);
        engine.onPeerDatagram(
                id, peer.high(), peer.low(), peer.port(), buffer, HEADROOM, data.length, nowNanos);
        return drain();
    }

    /// A buffer as the engine is promised: with room before and behind, filled with a pattern.
    static ByteBuf input(byte... bytes) {
        byte[] room = new byte[HEADROOM + bytes.length + TAILROOM];
        Arrays.fill(room, (byte) 0xA5);
        System.arraycopy(bytes, 0, room, HEADROOM, bytes.length);
        return Unpooled.wrappedBuffer(room);
    }

    long count(Counter counter) {
        return engine.counters().get(counter);
    }

    long count(RefusalCause cause) {
        return engine.counters().get(cause);
    }

    private void onSettled(int relay, boolean bound) {
        if (bound) {
            engine.onRelayBound(relay, nowNanos);
        } else {
            engine.onRelayFailed(relay, nowNanos);
        }
    }
}
