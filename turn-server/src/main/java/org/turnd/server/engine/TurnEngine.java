package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.stun.ChannelData;
import org.turnd.stun.Decoded;
import org.turnd.stun.FirstByte;
import org.turnd.stun.MalformedStun;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// One shard's STUN and TURN server (RFC 8489, RFC 8656): input and time in, output through an
/// [EngineSink].
///
/// It has no socket, clock, thread or logger. All methods are called on one thread, with a
/// `nowNanos` that never goes back. Addresses are the 128 bits of an IPv6 address in two longs;
/// IPv4 is its IPv4-mapped form. Every buffer is borrowed until the method returns, and its 64
/// bytes before `offset` and 4 bytes after `offset + length` may be written.
public final class TurnEngine {
    private final EngineCounters counters = new EngineCounters();
    private final Surroundings surroundings;
    private final StunView view = new StunView();
    private final int channelNumberMax;
    private final StoredAnswers storedAnswers;
    private final Allocations allocations;
    private final UnderstoodAttributes understood;
    private final DataPath dataPath;
    private final IcmpRelay icmp;
    private final Realms realms;
    private final WaitingRequests waiting;
    private final Responder responder;
    private final NatDiscovery discovery;
    private final ClassicStun classic;
    private final Redirector redirector;
    private final AllocateProcessor allocate;
    private final Mobility mobility;
    private final Roaming roaming;
    private final ConnectProcessor connect;
    private final PeerInputs peers;
    private final Sessions sessions;
    private final AllocationReview review;
    private final RequestAnswers answers;
    private final boolean relaysTcp;

    /// @param shard this engine's number, as [EngineSink#handOver] and [SharedState] use it
    /// @param policy peers that may be reached
    /// @param random source of nonces, transaction ids and hash seeds; cryptographically strong
    ///   except in simulations
    public TurnEngine(
            int shard,
            EngineSettings settings,
            SharedState shared,
            Credentials credentials,
            PeerPolicy policy,
            EngineSink sink,
            EngineEvents events,
            ChannelOffload offload,
            RandomGenerator random) {
        channelNumberMax = settings.channelNumberMax();
        surroundings = new Surroundings(shard, settings, shared, sink, events, counters);
        MessageIntegrity integrity = new MessageIntegrity();
        storedAnswers = new StoredAnswers(settings.storedAnswersMax(), random.nextLong());
        responder =
                new Responder(settings, integrity, storedAnswers, sink, events, counters, random);
        TimerWheel wheel = new TimerWheel();
        relaysTcp = settings.relayTransports().tcp();
        PeerConnections peerConnections =
                new PeerConnections(surroundings, responder, wheel, random);
        allocations = new Allocations(surroundings, offload, wheel, peerConnections, random);
        TransactionIds transactionIds = new TransactionIds(random);
        understood = new UnderstoodAttributes(credentials.accessTokens() != null);
        dataPath = new DataPath(surroundings, allocations, policy, transactionIds, understood);
        icmp = new IcmpRelay(sink, counters, transactionIds);
        realms = new Realms(settings, shared, credentials, integrity, random);
        waiting = new WaitingRequests(credentials.remote(), counters, random, this::resume);
        discovery = new NatDiscovery(counters, responder, understood, random);
        classic = new ClassicStun(settings.classicStun(), counters, discovery, responder);
        redirector = new Redirector(settings.redirect());
        RefreshProcessor refresh = new RefreshProcessor(surroundings, allocations);
        mobility = new Mobility(surroundings, allocations, refresh);
        roaming =
                new Roaming(shard, settings, allocations, mobility, sink, random.nextLong(), this);
        allocate =
                new AllocateProcessor(surroundings, redirector, allocations, mobility, responder);
        ReachablePeers reachable = new ReachablePeers(policy, shared);
        connect = new ConnectProcessor(shared, reachable, peerConnections, sink);
        review =
                new AllocationReview(
                        surroundings, allocations, peerConnections, reachable, realms, offload);
        peers = new PeerInputs(allocations, peerConnections);
        sessions = new Sessions(allocations);
        Processors processors =
                new Processors(
                        allocate,
                        refresh,
                        mobility,
                        new PermissionProcessor(settings, reachable, offload, events, counters),
                        connect);
        answers = answers(processors);
    }

    private RequestAnswers answers(Processors processors) {
        return new RequestAnswers(
                new BindingProcessor(counters, understood, discovery, responder),
                allocate,
                realms,
                waiting,
                understood,
                processors,
                responder,
                counters);
    }

    /// A UDP datagram from a client.
    public void onDatagram(
            int listener,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        Allocation allocation = allocations.find(listener, high, low, port);
        if (allocation == null
                && roaming.passOn(listener, high, low, port, buffer, offset, length, nowNanos)) {
            return;
        }
        switch (protocolOf(buffer, offset, length)) {
            case CHANNEL_DATA -> {
                boolean good = dataPath.onChannelData(allocation, buffer, offset, length, nowNanos);
                if (good && allocation != null && allocation.next != null) {
                    mobility.onData(allocation, listener, high, low, port);
                }
            }
            case STUN -> {
                if (classic.answered(listener, high, low, port, buffer, offset, length, nowNanos)
                        || !isGoodStun(buffer, offset, length)) {
                    return;
                }
                if (!isSend()) {
                    TransportAddress source = new TransportAddress(high, low, port);
                    onControl(ClientPath.datagram(listener, source), nowNanos);
                    return;
                }
                if (dataPath.onSend(allocation, view, nowNanos)
                        && allocation != null
                        && allocation.next != null) {
                    mobility.onData(allocation, listener, high, low, port);
                }
            }
            case DTLS, OTHER -> counters.increment(Counter.DROPPED_NOT_STUN);
        }
    }

    /// One STUN message or ChannelData message (with or without its padding) from a stream client.
    public void onStreamMessage(
            ClientPath client, ByteBuf buffer, int offset, int length, long nowNanos) {
        if (roaming.passOn(client, buffer, offset, length)) {
            return;
        }
        Allocation allocation = client.streamAllocation;
        switch (protocolOf(buffer, offset, length)) {
            case CHANNEL_DATA -> {
                boolean good = dataPath.onChannelData(allocation, buffer, offset, length, nowNanos);
                if (good && allocation != null && allocation.next != null) {
                    mobility.onData(allocation, client);
                }
            }
            case STUN -> {
                if (classic.refused(client, buffer, offset, length, nowNanos)
                        || !isGoodStun(buffer, offset, length)) {
                    return;
                }
                if (!isSend()) {
                    onControl(client, nowNanos);
                    return;
                }
                if (dataPath.onSend(allocation, view, nowNanos)
                        && allocation != null
                        && allocation.next != null) {
                    mobility.onData(allocation, client);
                }
            }
            case DTLS, OTHER -> counters.increment(Counter.DROPPED_NOT_STUN);
        }
    }

    /// The connection of a stream client is gone, and with it the five-tuple (C-14).
    public void onStreamClosed(ClientPath client, long nowNanos) {
        Allocation allocation = client.streamAllocation;
        if (allocation != null) {
            mobility.onClosed(client, allocation, nowNanos);
        }
        forget(client);
        roaming.passClose(client);
    }

    /// Takes what other shards pass to this one about clients that have moved (RFC 8016).
    public Roaming roaming() {
        return roaming;
    }

    /// A UDP datagram from a peer to a relayed transport address.
    public void onPeerDatagram(
            int relay,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        dataPath.onPeerDatagram(
                allocations.relay(relay), high, low, port, buffer, offset, length, nowNanos);
    }

    /// An ICMP error about a datagram that a relay sent (RFC 8656 §11.5).
    ///
    /// @param high, low, port where the datagram went; port 0 when that isn't known (I-16)
    /// @param type, code of ICMP, or of ICMPv6 when the address is IPv6
    /// @param mtu the next hop's MTU, where the error is about size
    public void onIcmpError(
            int relay, long high, long low, int port, int type, int code, int mtu, long nowNanos) {
        icmp.onError(allocations.relay(relay), high, low, port, type, code, mtu, nowNanos);
    }

    /// A datagram that another shard passed on, for a relayed transport address of this one.
    public void onHandOver(
            long relayHigh,
            long relayLow,
            int relayPort,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        dataPath.onHandOver(
                relayHigh,
                relayLow,
                relayPort,
                sourceHigh,
                sourceLow,
                sourcePort,
                buffer,
                offset,
                length,
                nowNanos);
    }

    /// The realms beside the default one, and who is in which.
    public Realms realms() {
        return realms;
    }

    /// What the engine is told of TCP connections with peers.
    public PeerInputs peers() {
        return peers;
    }

    /// Shows the allocations to operators.
    public Sessions sessions() {
        return sessions;
    }

    /// The socket asked for with [EngineSink#bindRelay] or [PeerSink#listen] is open.
    public void onRelayBound(int relay, long nowNanos) {
        Relay bound = allocations.relay(relay);
        if (bound != null) {
            allocate.onBound(bound, nowNanos);
        }
    }

    /// The socket asked for with [EngineSink#bindRelay] or [PeerSink#listen] can't be opened.
    public void onRelayFailed(int relay, long nowNanos) {
        Relay failed = allocations.relay(relay);
        PendingAllocate pending = failed == null ? null : failed.allocation.pending;
        if (failed != null && pending != null) {
            allocate.onFailed(failed, pending, nowNanos);
        }
    }

    /// The answer to a [RemoteUsers#ask].
    public void onUser(int ticket, UserAnswer answer, long nowNanos) {
        waiting.onAnswer(ticket, answer, nowNanos);
    }

    private void resume(WaitingRequests.Waiting one, @Nullable UserAnswer answer, long nowNanos) {
        one.show(view);
        onRequest(one.client, answer, nowNanos, one.arrivedNanos());
    }

    /// Nothing that waits is answered any more: its connection has ended.
    void forget(ClientPath client) {
        waiting.forget(client);
    }

    /// Requests that wait until it is known who their users are. Engine's thread only.
    public int waitingCount() {
        return waiting.count();
    }

    /// Serves NAT behaviour discovery (RFC 5780) at these sockets from now on.
    ///
    /// @param perSecond answers a second that one source gets somewhere else, or padded (N-10)
    public void serveDiscovery(List<DiscoverySocket> sockets, int perSecond) {
        discovery.serve(sockets, perSecond);
    }

    /// Serves nobody at these listeners, which are at anycast addresses, from now on: sends them to
    /// the unicast address (RFC 8155 §6).
    public void serveAnycast(BitSet listeners) {
        redirector.serveAnycast(listeners);
    }

    /// Goes by other settings and users from now on, but for the highest channel number, classic
    /// STUN and the transports of relays, which stay. Allocations go on as they are; [#review]
    /// looks at them.
    ///
    /// @param others the users of the realms beside the default one, as served from the start
    public void use(EngineSettings settings, Credentials credentials, List<RealmUsers> others) {
        surroundings.use(settings);
        responder.use(settings);
        redirector.use(settings.redirect());
        realms.use(settings, credentials, others);
        understood.useAccessTokens(credentials.accessTokens() != null);
    }

    /// Brings some allocations in line with users and peer rules that have changed since they were
    /// made, so few that packets don't wait for it.
    ///
    /// @param from 0, and then what the call before has returned
    /// @return where to go on, or a negative number when all have been looked at
    public int review(int from, long nowNanos) {
        return review.review(from, nowNanos);
    }

    /// When [#onTimer] must be called next, or `Long.MAX_VALUE`.
    public long nextDeadlineNanos() {
        return Math.min(allocations.nextDeadlineNanos(), waiting.nextDeadlineNanos());
    }

    /// Ends what has expired.
    public void onTimer(long nowNanos) {
        allocations.onTimer(nowNanos);
        waiting.onTimer(nowNanos);
    }

    /// Ends every allocation.
    public void stop(long nowNanos) {
        waiting.clear();
        allocations.endAll(EndReason.SERVER_STOPPED, nowNanos);
    }

    /// Allocations, pending or live. Engine's thread only.
    public int allocationCount() {
        return allocations.count();
    }

    /// Counts, readable on every thread.
    public EngineCounters counters() {
        return counters;
    }

    private FirstByte protocolOf(ByteBuf buffer, int offset, int length) {
        if (length < 1) {
            return FirstByte.OTHER;
        }
        int first = buffer.getUnsignedByte(offset);
        // J-02: the range of RFC 5766, where it is let in.
        return first > ChannelData.MAX_NUMBER >> 8 && first <= channelNumberMax >> 8
                ? FirstByte.CHANNEL_DATA
                : FirstByte.of(first);
    }

    /// Step 1 of the processing order: what is not a STUN message of this decade is dropped.
    private boolean isGoodStun(ByteBuf buffer, int offset, int length) {
        MalformedStun malformed = view.wrapRequiringCookie(buffer, offset, length);
        //
        if (malformed != null || (view.hasFingerprint() && !view.fingerprintMatches())) {
            counters.increment(Counter.DROPPED_MALFORMED);
            return false;
        }
        return true;
    }

    private boolean isSend() {
        return view.method() == StunMethod.SEND.code()
                && view.messageClass() == StunClass.INDICATION;
    }

    private void onControl(ClientPath client, long nowNanos) {
        responder.received(client, view.length(), nowNanos);
        StunMethod method = StunMethod.of(view.method());
        // no answer to a method this server doesn't know.
        // P-05: nor to TURN where the client chose NAT discovery.
        if (method == null
                || !isServed(method)
                || (client.bindingOnly() && method != StunMethod.BINDING)) {
            counters.increment(Counter.DROPPED_UNKNOWN_METHOD);
            return;
        }
        // only requests are answered.
        if (view.messageClass() != StunClass.REQUEST || !method.allows(StunClass.REQUEST)) {
            if (method != StunMethod.BINDING || view.messageClass() != StunClass.INDICATION) {
                counters.increment(Counter.DROPPED_UNEXPECTED_CLASS);
            }
            return;
        }
        if (method == StunMethod.BINDING || !waiting.holdsBack(client, view, nowNanos)) {
            onRequest(client, null, nowNanos, nowNanos);
        }
    }

    /// @param answer what was said of the user, where it had to be asked for
    /// @param arrivedNanos when the request came
    private void onRequest(
            ClientPath client, @Nullable UserAnswer answer, long nowNanos, long arrivedNanos) {
        TransactionId id = view.transactionId();
        // Step 2. C-01, C-02.
        Octets stored = storedAnswers.find(client, view.messageType(), id, nowNanos);
        if (stored != null) {
            responder.resend(client, stored);
            return;
        }
        Allocation allocation = allocations.findLive(client, nowNanos);
        if (allocation != null && allocation.isBeingAnswered(id)) {
            return;
        }
        Decoded decoded = StunMessage.decode(view);
        if (!(decoded instanceof StunMessage message)) {
            counters.increment(Counter.DROPPED_MALFORMED);
            return;
        }
        MobilityTicket ticket = Mobility.ticketIn(message);
        int ticketShard = ticket == null ? SharedState.NONE : mobility.shardOf(ticket);
        if (allocation == null
                && roaming.passElsewhere(
                        client, ticketShard, view.buffer(), view.offset(), view.length())) {
            return;
        }
        // E-04: also who moves goes on with the key that the allocation began with.
        Allocation claimed =
                ticket == null
                        ? allocation
                        : realms.visible(mobility.find(ticket, nowNanos), client);
        Request request =
                new Request(
                        client,
                        message,
                        view.hasFingerprint(),
                        claimed,
                        null,
                        null,
                        nowNanos,
                        arrivedNanos,
                        answer == null ? 0 : nowNanos - arrivedNanos,
                        realms.of(client).realm().name());
        answers.answer(
                message.method() == StunMethod.CONNECTION_BIND
                        ? request.naming(realms.visible(connect.ownerOf(request), client))
                        : request,
                view,
                answer);
    }

    private boolean isServed(StunMethod method) {
        return switch (method) {
            case BINDING, ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND, SEND, DATA -> true;
            case CONNECT, CONNECTION_BIND, CONNECTION_ATTEMPT -> relaysTcp;
            case SHARED_SECRET, GOOG_PING -> false;
        };
    }
}
