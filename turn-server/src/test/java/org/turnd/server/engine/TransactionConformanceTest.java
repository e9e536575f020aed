package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section C: transactions and transports.
class TransactionConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    @DisplayName("C-01 Allocate twice with one transaction id: one allocation, the same answer")
    void answersARetransmittedAllocateAlike() {
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP, new EvenPort(true));
        TestClient.Exchange first = client.exchange(request);
        TestClient.Exchange second = client.exchange(request);
        assertEquals(first.bytes(), second.bytes());
        assertEquals(List.of(), second.effects());
        assertEquals(
                first.get(ReservationToken.class).token(),
                second.get(ReservationToken.class).token());
        assertEquals(1, fixture.engine.allocationCount());
        assertEquals(1, fixture.count(Counter.RETRANSMISSIONS_ANSWERED));
    }

    @Test
    @DisplayName("C-01 a copy that comes before the relay is bound waits for the same answer")
    void answersOnceWhenTheCopyComesBeforeTheRelayIsBound() {
        fixture.sink.binding = RecordingSink.Binding.LATER;
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        List<Output> asked = client.feed(request);
        assertEquals(1, asked.size());
        assertEquals(List.of(), client.feed(request));
        fixture.sink.settleOldest(true);
        TestClient.Exchange answer = client.answerIn(fixture.drain());
        assertEquals(List.of(), answer.effects());
        assertEquals(answer.bytes(), client.exchange(request).bytes());
    }

    @Test
    @DisplayName("C-01 a refused Allocate is refused again alike, though it could succeed by now")
    void answersARetransmittedRefusalAlike() {
        EngineFixture small = new EngineFixture(options -> options.allocationsPerUser = 1);
        TestClient holder = small.udp();
        holder.allocate();
        TestClient second = small.udp();
        byte[] request = second.signed(StunMethod.ALLOCATE, TestClient.UDP);
        TestClient.Exchange refused = second.exchange(request);
        assertEquals(486, refused.errorCode());
        holder.refresh(0);
        assertEquals(refused.bytes(), second.exchange(request).bytes());
        second.allocate();
    }

    @Test
    @DisplayName("C-02 an answer is kept for 40 s")
    void keepsAnAnswerForFortySeconds() {
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        TestClient.Exchange first = client.exchange(request);
        fixture.advanceNanos(40 * EngineFixture.SECOND - 1);
        assertEquals(first.bytes(), client.exchange(request).bytes());
        fixture.advanceNanos(1);
        assertEquals(437, client.exchange(request).errorCode());
    }

    @Test
    @DisplayName("C-02 nothing is kept for who has not authenticated")
    void keepsNothingForStrangers() {
        byte[] request = client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        String first = client.exchange(request).get(Nonce.class).value();
        fixture.advance(2);
        assertNotEquals(first, client.exchange(request).get(Nonce.class).value());
        byte[] wrong =
                client.request(StunMethod.ALLOCATE)
                        .put(TestClient.UDP)
                        .put(client.credentials())
                        .integrity(client.as("nobody", "x").key())
                        .bytes();
        client.exchange(wrong);
        client.exchange(wrong);
        assertEquals(0, fixture.count(Counter.RETRANSMISSIONS_ANSWERED));
    }

    @Test
    @DisplayName("C-02 another transaction id, method, client or listener is another transaction")
    void tellsTransactionsApart() {
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        client.exchange(request);
        assertEquals(
                437,
                client.exchange(client.signed(StunMethod.ALLOCATE, TestClient.UDP)).errorCode());

        TestClient elsewhere = fixture.udp(0, client.address().withPort(1234));
        assertEquals(438, elsewhere.exchange(request).errorCode(), "the nonce isn't his");
        TestClient otherListener = fixture.udp(1, client.address());
        assertEquals(0, otherListener.exchange(request).errorCode());
        assertEquals(2, fixture.engine.allocationCount());
        assertEquals(0, fixture.count(Counter.RETRANSMISSIONS_ANSWERED));
    }

    @Test
    @DisplayName("C-03 a retransmitted Refresh of lifetime 0 succeeds again")
    void answersARetransmittedDeletionAlike() {
        client.allocate();
        byte[] request = client.signed(StunMethod.REFRESH, new Lifetime(0));
        TestClient.Exchange first = client.exchange(request);
        assertEquals(1, first.effects().size());
        TestClient.Exchange second = client.exchange(request);
        assertEquals(first.bytes(), second.bytes());
        assertEquals(List.of(), second.effects());
    }

    @Test
    @DisplayName("C-03 a late copy of a deletion doesn't delete the next allocation")
    void lateCopyOfADeletionDoesNotDeleteTheNextAllocation() {
        client.allocate();
        byte[] deletion = client.signed(StunMethod.REFRESH, new Lifetime(0));
        client.exchange(deletion);
        client.allocate();
        assertEquals(List.of(), client.exchange(deletion).effects());
        assertEquals(1, fixture.engine.allocationCount());
    }

    @Test
    @DisplayName("C-04 retransmitted CreatePermission and ChannelBind succeed again")
    void answersRetransmittedPermissionsAgain() {
        TransportAddress relay = client.allocate();
        byte[] permission = client.signed(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER));
        byte[] channel =
                client.signed(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(0x4000),
                        new XorPeerAddress(PEER));
        for (byte[] request : List.of(permission, permission, channel, channel)) {
            TestClient.Exchange answer = client.exchange(request);
            assertEquals(0, answer.errorCode());
            assertEquals(List.of(), answer.effects());
        }
        assertEquals(1, fixture.count(Counter.CHANNELS_BOUND));
        assertEquals(
                List.of(client.gotChannelData(0x4000, (byte) 1)),
                fixture.peerSends(relay, PEER, (byte) 1));
    }

    @Test
    @DisplayName("C-08 C-10 pipelined requests are all answered, on their own connection")
    void answersPipelinedRequestsOutOfOrder() {
        TestClient stream = fixture.tcp();
        TestClient neighbour = fixture.tcp();
        fixture.sink.binding = RecordingSink.Binding.LATER;
        byte[] allocate = stream.signed(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(1, stream.feed(allocate).size(), "the socket is asked for");
        neighbour.exchange(neighbour.request(StunMethod.BINDING).bytes());
        stream.exchange(stream.request(StunMethod.BINDING).bytes());
        fixture.sink.settleOldest(true);
        TestClient.Exchange answer = stream.answerIn(fixture.drain());
        assertEquals(StunMethod.ALLOCATE, answer.answer().method());
        assertEquals(0, answer.errorCode());
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UDP", "TCP", "TLS"})
    @DisplayName("C-06 C-10 C-11 success and error go back over the transport of the request")
    void answersOverTheTransportOfTheRequest(Transport transport) {
        TransportAddress source = address("198.51.100.9", 777);
        TestClient asking =
                transport == Transport.UDP
                        ? fixture.udp(3, source)
                        : fixture.stream(transport, 3, source);
        TransportAddress relay = asking.allocate();
        assertEquals(437, asking.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        asking.channelBind(0x4000, PEER);
        assertEquals(
                List.of(Output.ToPeer.of(relay, PEER, (byte) 9)),
                asking.channelData(0x4000, (byte) 9));
        assertEquals(
                List.of(asking.gotChannelData(0x4000, (byte) 9)),
                fixture.peerSends(relay, PEER, (byte) 9));
    }

    @Test
    @DisplayName("C-12 one client port over UDP and TCP, or to two listeners: independent")
    void tellsFiveTuplesApart() {
        TransportAddress source = client.address();
        List<TestClient> clients =
                List.of(
                        client,
                        fixture.udp(1, source),
                        fixture.stream(Transport.TCP, 2, source),
                        fixture.stream(Transport.TLS, 3, source));
        Set<TransportAddress> relays = new HashSet<>();
        for (TestClient one : clients) {
            relays.add(one.allocate());
        }
        assertEquals(4, relays.size());
        client.refresh(0);
        for (TestClient one : clients.subList(1, 4)) {
            assertEquals(600, one.refresh(600));
        }
        assertEquals(437, client.refusal(StunMethod.REFRESH));
    }

    @Test
    @DisplayName("C-13 no two live allocations have one relayed transport address")
    void givesEveryAllocationItsOwnRelayedAddress() {
        Set<TransportAddress> relays = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            TestClient one = i % 2 == 0 ? fixture.udp() : fixture.tcp();
            assertTrue(relays.add(one.allocate()));
        }
        assertEquals(1000, fixture.sink.relays().size());
    }

    @Test
    @DisplayName("C-14 a closed connection takes its allocation with it, at once")
    void endsTheAllocationOfAClosedConnection() {
        TestClient stream = fixture.tcp();
        TransportAddress relay = stream.allocate();
        assertEquals(List.of(new Output.CloseRelay(relay)), stream.close());
        assertEquals(0, fixture.engine.allocationCount());
        assertTrue(fixture.events.lines.contains("ended alice CONNECTION_CLOSED 0 0"));
        assertEquals(List.of(), stream.close(), "closing twice is closing once");
    }

    @Test
    @DisplayName("C-14 a connection that closes while its relay is being bound leaves nothing")
    void endsAPendingAllocateOfAClosedConnection() {
        // Shorter than a reservation lasts, so that one nobody gave back would be missed.
        EngineFixture quick = new EngineFixture(options -> options.quarantineSeconds = 1);
        quick.sink.binding = RecordingSink.Binding.LATER;
        int free = quick.shared.freePorts(AddressFamily.IPV4, quick.nowNanos);
        TestClient stream = quick.tcp();
        stream.feed(stream.signed(StunMethod.ALLOCATE, TestClient.UDP, new EvenPort(true)));
        TransportAddress relay = quick.sink.relays().getFirst();
        assertEquals(List.of(new Output.CloseRelay(relay)), stream.close());
        assertEquals(0, quick.engine.allocationCount());
        assertEquals(Long.MAX_VALUE, quick.engine.nextDeadlineNanos());
        quick.advance(2);
        assertEquals(free, quick.shared.freePorts(AddressFamily.IPV4, quick.nowNanos));
    }

    @Test
    @DisplayName("C-16 TRANSACTION_TRANSMIT_COUNTER, unsupported, is ignored")
    void ignoresTheTransmitCounter() {
        byte[] request =
                client.request(StunMethod.BINDING)
                        .raw(AttributeType.TRANSACTION_TRANSMIT_COUNTER, 0, 0, 1, 0)
                        .bytes();
        TestClient.Exchange answer = client.exchange(request);
        assertEquals(0, answer.errorCode());
        assertTrue(!answer.answer().has(AttributeType.TRANSACTION_TRANSMIT_COUNTER));
    }

    @Test
    @DisplayName("C-01 the stored answer says the address that is still relayed")
    void storedAnswerNamesTheLiveRelay() {
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        TransportAddress relay = client.exchange(request).get(XorRelayedAddress.class).address();
        assertEquals(relay, client.exchange(request).get(XorRelayedAddress.class).address());
        assertEquals(List.of(relay), fixture.sink.relays());
    }
}
