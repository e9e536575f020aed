package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChangeRequest;
import org.turnd.stun.StunAttribute.ChangedAddress;
import org.turnd.stun.StunAttribute.MappedAddress;
import org.turnd.stun.StunAttribute.OtherAddress;
import org.turnd.stun.StunAttribute.Padding;
import org.turnd.stun.StunAttribute.ResponseOrigin;
import org.turnd.stun.StunAttribute.ResponsePort;
import org.turnd.stun.StunAttribute.SourceAddress;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunView;
import org.turnd.stun.TransportAddress;

/// Binding at the sockets of NAT behaviour discovery (RFC 5780): over UDP, answers come from
/// another address or port, go to another port, or are long enough to be fragmented, as the client
/// asks. At all other listeners these wishes are unknown attributes (N-03, N-08).
final class NatDiscovery {
    /// The longest PADDING: with everything else in the answer an IPv4 datagram stays below 64 KiB
    /// (N-06, RFC 5780 §7.6).
    static final int PADDING_BYTES_MAX = 65_376;

    private static final Set<Integer> UNDERSTOOD =
            Set.of(
                    AttributeType.CHANGE_REQUEST,
                    AttributeType.RESPONSE_PORT,
                    AttributeType.PADDING);

    private final EngineCounters counters;
    private final Responder responder;
    private final UnderstoodAttributes understood;
    private final RandomGenerator random;

    /// By listener; null where discovery isn't served.
    private @Nullable DiscoverySocket[] sockets = {};

    private @Nullable Padding[] paddings = {};
    private SourceRates rates = new SourceRates(1, 0);

    NatDiscovery(
            EngineCounters counters,
            Responder responder,
            UnderstoodAttributes understood,
            RandomGenerator random) {
        this.counters = counters;
        this.responder = responder;
        this.understood = understood;
        this.random = random;
    }

    /// Serves discovery at these sockets from now on.
    ///
    /// @param perSecond how many answers that go elsewhere, or are padded, one source gets
    void serve(List<DiscoverySocket> served, int perSecond) {
        int listeners = served.stream().mapToInt(DiscoverySocket::listener).max().orElse(-1) + 1;
        sockets = new DiscoverySocket[listeners];
        paddings = new Padding[listeners];
        for (DiscoverySocket socket : served) {
            sockets[socket.listener()] = socket;
            paddings[socket.listener()] = padding(socket.mtuBytes());
        }
        rates = new SourceRates(perSecond, random.nextLong());
    }

    private static Padding padding(int mtuBytes) {
        byte[] bytes = new byte[Math.min((mtuBytes + 3) & ~3, PADDING_BYTES_MAX)];
        Arrays.fill(bytes, (byte) ' ');
        return new Padding(Octets.of(bytes));
    }

    boolean isServedAt(ClientPath client) {
        return socketOf(client) != null;
    }

    private @Nullable DiscoverySocket socketOf(ClientPath client) {
        // N-08: TCP can't be answered from elsewhere.
        return client.transport() == Transport.UDP && client.listener() < sockets.length
                ? sockets[client.listener()]
                : null;
    }

    /// Answers a request of RFC 8489 that came to a socket [#isServedAt].
    void answer(Request request, StunView view) {
        List<Integer> unknown = new ArrayList<>(understood.unknownIn(view));
        unknown.removeAll(UNDERSTOOD);
        if (unknown.isEmpty()) {
            answer(request);
        } else {
            responder.respond(request, UnderstoodAttributes.refusal(unknown));
        }
    }

    /// Answers a request without unknown attributes that came to a socket [#isServedAt].
    void answer(Request request) {
        DiscoverySocket socket = socketOf(request.client());
        if (socket == null) {
            throw new IllegalStateException("discovery isn't served here");
        }
        StunMessage message = request.message();
        ChangeRequest change = message.first(ChangeRequest.class);
        ResponsePort port = message.first(ResponsePort.class);
        boolean padded = message.has(AttributeType.PADDING);
        if (isBad(message, port, padded)) {
            responder.respond(
                    request, Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_REQUEST));
            return;
        }
        TransportAddress client = request.client().client();
        boolean asksMuch =
                port != null
                        || padded
                        || (change != null && (change.changeIp() || change.changePort()));
        if (asksMuch && !rates.admits(client.high(), client.low(), request.nowNanos())) {
            counters.increment(Counter.DROPPED_DISCOVERY_RATE);
            return;
        }
        counters.increment(Counter.BINDING_REQUESTS);
        int from =
                change == null
                        ? socket.listener()
                        : socket.listenerFor(change.changeIp(), change.changePort());
        TransportAddress to = port == null ? client : client.withPort(port.port());
        responder.respond(
                request.answeredOver(ClientPath.datagram(from, to)),
                new Answer.Success(attributes(request, socket, from, padded)));
    }

    private static boolean isBad(StunMessage message, @Nullable ResponsePort port, boolean padded) {
        return message.invalid(AttributeType.CHANGE_REQUEST) != null
                || message.invalid(AttributeType.RESPONSE_PORT) != null
                // No datagram goes to port 0.
                || (port != null && port.port() == 0)
                // N-05 (RFC 5780 §6.1): it would make an amplifier.
                || (port != null && padded);
    }

    private List<StunAttribute> attributes(
            Request request, DiscoverySocket socket, int from, boolean padded) {
        TransportAddress client = request.client().client();
        TransportAddress origin = addressOf(from);
        TransportAddress other = addressOf(socket.changedBoth());
        if (request.message().transactionId().isClassic()) {
            // RFC 3489 §8.1
            return List.of(
                    new MappedAddress(client),
                    new SourceAddress(origin),
                    new ChangedAddress(other));
        }
        // N-01
        List<StunAttribute> attributes = new ArrayList<>();
        attributes.add(new MappedAddress(client));
        attributes.add(new XorMappedAddress(client));
        attributes.add(new ResponseOrigin(origin));
        attributes.add(new OtherAddress(other));
        Padding padding = paddings[from];
        if (padded && padding != null) {
            attributes.add(padding);
        }
        return attributes;
    }

    private TransportAddress addressOf(int listener) {
        DiscoverySocket socket = sockets[listener];
        if (socket == null) {
            throw new IllegalStateException("no discovery socket is listener " + listener);
        }
        return socket.address();
    }
}
