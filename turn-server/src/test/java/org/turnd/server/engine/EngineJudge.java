package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.SECOND;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// What must hold after every step of an [EngineProgram]: who asks is answered, alone and once; who
/// has no password gets nothing; nobody sends to or hears from a peer without a permission; and
/// what is held stays within its bounds.
final class EngineJudge {
    /// A permission's five minutes, and the second in which timers may be late.
    private static final long PERMISSION_NANOS = 301 * SECOND;

    private record Asked(Output.Destination client, TransactionId id) {}

    private final EngineFixture fixture;
    private final int ports;
    private final MessageIntegrity integrity = new MessageIntegrity();
    private final List<IntegrityKey> keys = new ArrayList<>();

    /// When a permission for a host was last given or renewed, to whomever.
    private final Map<TransportAddress, Long> permitted = new HashMap<>();

    /// Requests that were signed well: their retransmissions get the same answer, altered or not.
    private final Set<Asked> entitled = new HashSet<>();

    private boolean isTimerLate;

    EngineJudge(EngineFixture fixture, int ports) {
        this.fixture = fixture;
        this.ports = ports;
        for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
            keys.add(key(algorithm, EngineFixture.USER, EngineFixture.PASSWORD));
            keys.add(key(algorithm, EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD));
        }
    }

    private static IntegrityKey key(KeyAlgorithm algorithm, String user, String password) {
        return algorithm.key(user, EngineFixture.REALM, password);
    }

    /// The engine is about to do something.
    void beforeStep() {
        isTimerLate = fixture.engine.nextDeadlineNanos() <= fixture.nowNanos;
    }

    /// A client has sent this, and the engine did that. Returns the answer, or null.
    @Nullable StunMessage fromClient(TestClient from, byte[] bytes, List<Output> outputs) {
        StunMessage request = decode(bytes);
        if (request != null && isSigned(bytes)) {
            entitled.add(new Asked(from.destination(), request.transactionId()));
        }
        StunMessage answer = null;
        int sent = 0;
        for (Output output : outputs) {
            switch (output) {
                case Output.ToClient toClient -> {
                    if (isData(toClient.bytes().toByteArray())) {
                        // The peer is a relay of this server.
                        assertTrue(
                                request == null || request.messageClass() == StunClass.INDICATION,
                                "a request became data");
                        assertEquals(1, ++sent, "one packet became more");
                        continue;
                    }
                    StunMessage message = TestClient.decode(toClient.bytes());
                    if (isTimerLate && isLateRefusal(message, request)) {
                        continue;
                    }
                    assertEquals(from.destination(), toClient.client(), "it wasn't asked");
                    assertEquals(null, answer, "two answers");
                    answer = message;
                    checkAnswer(from, request, answer);
                }
                case Output.ToPeer toPeer -> checkPeer(toPeer.peer(), ++sent);
                case Output.WholeToPeer toPeer -> checkPeer(toPeer.peer(), ++sent);
                case Output.HandOver handOver -> checkPeer(handOver.relay(), ++sent);
                case Output.ConnectPeer attempt -> checkEntitled(from, request, "Connect");
                case Output.BindRelay bind -> checkEntitled(from, request, "Allocate");
                case Output.BindPeer bind -> checkEntitled(from, request, "ConnectionBind");
                case Output.CloseRelay close -> checkEnd(from, request);
                case Output.ClosePeer close -> checkEnd(from, request);
                case Output.Pass pass -> throw new AssertionError("there is one shard: " + pass);
            }
        }
        return answer;
    }

    private static boolean isData(byte[] bytes) {
        StunMessage message = decode(bytes);
        boolean isChannelData = (bytes[0] & 0xC0) == 0x40;
        return isChannelData || (message != null && message.method() == StunMethod.DATA);
    }

    /// A peer that didn't take a connection in time: its client is told with whatever comes next.
    private static boolean isLateRefusal(StunMessage message, @Nullable StunMessage request) {
        return message.method() == StunMethod.CONNECT
                && message.messageClass() == StunClass.ERROR_RESPONSE
                && (request == null || !request.transactionId().equals(message.transactionId()));
    }

    private void checkAnswer(TestClient from, @Nullable StunMessage request, StunMessage answer) {
        if (request == null) {
            throw new AssertionError("an answer to no message: " + answer);
        }
        assertEquals(request.transactionId(), answer.transactionId());
        assertEquals(request.method(), answer.method());
        assertEquals(StunClass.REQUEST, request.messageClass());
        boolean isSuccess = answer.messageClass() == StunClass.SUCCESS_RESPONSE;
        if (isSuccess && answer.method() != StunMethod.BINDING) {
            checkEntitled(from, request, "success");
        }
        if (isSuccess
                && (answer.method() == StunMethod.CREATE_PERMISSION
                        || answer.method() == StunMethod.CHANNEL_BIND)) {
            request.all(XorPeerAddress.class)
                    .forEach(peer -> permitted.put(peer.address().withPort(0), fixture.nowNanos));
        }
    }

    private void checkEntitled(TestClient from, @Nullable StunMessage request, String what) {
        assertTrue(
                request != null
                        && entitled.contains(
                                new Asked(from.destination(), request.transactionId())),
                () -> what + " without a password");
    }

    /// What should have ended already ends with whatever comes next.
    private void checkEnd(TestClient from, @Nullable StunMessage request) {
        if (!isTimerLate) {
            checkEntitled(from, request, "Refresh");
        }
    }

    private void checkPeer(TransportAddress peer, int sent) {
        assertEquals(1, sent, "one packet became more");
        checkPermitted(peer);
        assertTrue(fixture.peers.permits(peer.high(), peer.low()), () -> "denied: " + peer);
    }

    private void checkPermitted(TransportAddress peer) {
        Long since = permitted.get(peer.withPort(0));
        assertTrue(
                since != null && fixture.nowNanos - since <= PERMISSION_NANOS,
                () -> "no permission for " + peer);
    }

    /// Something came from a peer, and the engine did that.
    void fromPeer(TransportAddress peer, List<Output> outputs) {
        int received = 0;
        for (Output output : outputs) {
            switch (output) {
                case Output.ToClient toClient -> {
                    checkPermitted(peer);
                    assertEquals(1, ++received, "one packet became more");
                }
                case Output.CloseRelay close -> assertTrue(isTimerLate, "a peer ended a relay");
                case Output.ClosePeer close -> assertTrue(isTimerLate, "a peer ended another");
                default -> throw new AssertionError("a peer made the engine do " + output);
            }
        }
    }

    /// Nobody has sent anything, and the engine did that: late answers, and things that end.
    void unasked(List<Output> outputs) {
        for (Output output : outputs) {
            switch (output) {
                case Output.ToClient toClient -> {
                    StunMessage message = TestClient.decode(toClient.bytes());
                    boolean isSuccess = message.messageClass() == StunClass.SUCCESS_RESPONSE;
                    Asked asked = new Asked(toClient.client(), message.transactionId());
                    assertTrue(!isSuccess || entitled.contains(asked), "nobody asked for that");
                }
                case Output.BindRelay next -> {} // another port after one that failed
                case Output.CloseRelay close -> {}
                case Output.ClosePeer close -> {}
                default -> throw new AssertionError("nobody asked for " + output);
            }
        }
    }

    void checkState() {
        int allocations = fixture.engine.allocationCount();
        List<TransportAddress> relays = fixture.sink.relays();
        assertTrue(allocations <= 5, () -> allocations + " allocations");
        assertTrue(relays.size() <= 2 * allocations, () -> "relays nobody has: " + relays);
        assertTrue(fixture.sink.connections() <= 3 * allocations, "connections nobody has");
        assertEquals(fixture.sink.connections(), fixture.shared.connectionCount());
        if (allocations > 0 && !fixture.sink.isWaitedFor()) {
            assertTrue(fixture.engine.nextDeadlineNanos() < Long.MAX_VALUE, "no timer runs");
        }
        for (AddressFamily family : AddressFamily.values()) {
            long used = relays.stream().filter(relay -> relay.family() == family).count();
            int free = fixture.shared.freePorts(family, fixture.nowNanos);
            assertTrue(used + free <= ports, () -> "a port is free and used");
        }
    }

    void checkEveryPortIsFree() {
        for (AddressFamily family : AddressFamily.values()) {
            assertEquals(
                    ports, fixture.shared.freePorts(family, fixture.nowNanos), "a port leaked");
        }
    }

    private boolean isSigned(byte[] bytes) {
        StunView view = new StunView();
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        if (view.wrap(buffer, 0, bytes.length) != null) {
            return false;
        }
        return keys.stream()
                .anyMatch(key -> integrity.verify(view, key) || integrity.verifySha256(view, key));
    }

    private static @Nullable StunMessage decode(byte[] bytes) {
        return StunMessage.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length)
                        instanceof StunMessage message
                ? message
                : null;
    }
}
