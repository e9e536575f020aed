package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.MappedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// The question for one's own address, to real sockets.
@Timeout(30)
class StunQueryTest {
    private static final TransportAddress LOCAL = TestSettings.address("127.0.0.1", 0);
    private static final TransportAddress OUTSIDE = TestSettings.address("203.0.113.5", 0);
    private static final TransportAddress FORGED = TestSettings.address("198.51.100.66", 0);
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void anotherTurndSaysWhereThePacketCameFrom() throws Exception {
        try (var server =
                new TestSettings()
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .listen(Protocol.UDP, "::1", 0)
                        .start()) {
            var ipv4 = server.listeners().getFirst().address();
            var ipv6 = server.listeners().getLast().address();
            var elsewhere = TestSettings.address("127.0.0.9", 0);
            assertEquals(elsewhere, StunQuery.ask(elsewhere, ipv4, LONG).withPort(0));
            var loopback = TestSettings.address("::1", 0);
            assertEquals(loopback, StunQuery.ask(loopback, ipv6, LONG).withPort(0));
        }
    }

    @Test
    void asksAgainWhenARequestIsLost() throws Exception {
        try (var server = new StunResponder(OUTSIDE)) {
            server.answers(request ->
                    server.requests() < 3
                            ? List.of()
                            : List.of(StunResponder.success(request.transactionId(), OUTSIDE)));
            assertEquals(OUTSIDE, StunQuery.ask(LOCAL, server.address(), LONG).withPort(0));
            assertEquals(3, server.requests());
        }
    }

    @Test
    void believesNoAnswerToAnotherRequest() throws Exception {
        try (var server = new StunResponder(OUTSIDE)) {
            server.answers(request ->
                    List.of(
                            StunResponder.success(TransactionId.of(1, 2), FORGED),
                            request,
                            StunResponder.success(request.transactionId(), OUTSIDE)));
            assertEquals(OUTSIDE, StunQuery.ask(LOCAL, server.address(), LONG).withPort(0));
        }
    }

    @Test
    void believesNobodyButTheServer() throws Exception {
        // The forger knows even the transaction id.
        try (var forger = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var thread = Thread.ofVirtual().start(() -> answerTwice(server, forger));
            var address = TransportAddress.of(server.getLocalAddress(), server.getLocalPort());
            var seen = StunQuery.ask(LOCAL, address, LONG);
            thread.join();
            assertEquals(OUTSIDE, seen.withPort(0));
        }
    }

    private static void answerTwice(DatagramSocket server, DatagramSocket forger) {
        try {
            var packet = new DatagramPacket(new byte[1500], 1500);
            server.receive(packet);
            var client = packet.getSocketAddress();
            var bytes = Unpooled.wrappedBuffer(packet.getData());
            if (StunMessage.decode(bytes, 0, packet.getLength()) instanceof StunMessage request) {
                var id = request.transactionId();
                StunResponder.send(forger, StunResponder.success(id, FORGED), client);
                StunResponder.send(server, StunResponder.success(id, OUTSIDE), client);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void tellsWhyThereIsNoAnswer() throws Exception {
        TransportAddress nobody;
        try (var server = new StunResponder(OUTSIDE)) {
            nobody = server.address();
            server.saysNothing();
            assertFails(
                    server.address() + " has not answered within 50 ms",
                    server.address(),
                    Duration.ofMillis(50));
            assertEquals(1, server.requests(), "it waits half a second before it asks again");
            server.answers(request ->
                    List.of(
                            StunResponder.answer(
                                    StunClass.ERROR_RESPONSE,
                                    request.transactionId(),
                                    new ErrorCode(500, "no"))));
            assertFails(server.address() + " refuses to say: 500", server.address(), LONG);
            server.answers(request ->
                    List.of(
                            StunResponder.answer(
                                    StunClass.SUCCESS_RESPONSE,
                                    request.transactionId(),
                                    new MappedAddress(OUTSIDE))));
            assertFails(
                    server.address() + " answers without XOR-MAPPED-ADDRESS",
                    server.address(),
                    LONG);
        }
        assertFails("nobody answers STUN at " + nobody, nobody, LONG);
    }

    private static void assertFails(String why, TransportAddress server, Duration patience) {
        var failure = assertThrows(IOException.class, () -> StunQuery.ask(LOCAL, server, patience));
        assertEquals(why, failure.getMessage());
    }
}
