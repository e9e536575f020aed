package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// How the fixture is used, and that its parts are awake.
class EngineFixtureTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};

    private final EngineFixture fixture = new EngineFixture();

    @Test
    void relaysBothWaysBySendAndByChannel() {
        TestClient client = fixture.udp();
        TransportAddress relay = client.allocate();
        client.createPermission(PEER);

        assertEquals(List.of(Output.ToPeer.of(relay, PEER, HELLO)), client.send(PEER, HELLO));
        client.assertGotData(PEER, HELLO, fixture.peerSends(relay, PEER, HELLO));

        client.channelBind(0x4000, PEER);
        assertEquals(
                List.of(Output.ToPeer.of(relay, PEER, HELLO)), client.channelData(0x4000, HELLO));
        assertEquals(
                List.of(client.gotChannelData(0x4000, HELLO)),
                fixture.peerSends(relay, PEER, HELLO));
    }

    @Test
    void clockRunsAllocationsOut() {
        TestClient client = fixture.tcp();
        TransportAddress relay = client.allocate();
        assertEquals(List.of(), fixture.advance(599));
        assertEquals(List.of(new Output.CloseRelay(relay)), fixture.advance(1));
    }

    @Test
    void bindsLaterOrNotAtAll() {
        fixture.sink.binding = RecordingSink.Binding.LATER;
        TestClient client = fixture.udp();
        List<Output> asked = client.feed(client.signed(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(List.of(new Output.BindRelay(fixture.sink.relays().getFirst())), asked);
        fixture.sink.settleOldest(true);
        assertEquals(0, client.answerIn(fixture.drain()).errorCode());

        fixture.sink.binding = RecordingSink.Binding.FAILS;
        assertEquals(508, fixture.udp().askAllocate().errorCode());
    }

    @Test
    void believesNoUnsignedAnswer() {
        TestClient client = fixture.udp();
        client.allocate();
        client.password = "other";
        assertEquals(401, client.ask(StunMethod.REFRESH).errorCode());
        client.password = EngineFixture.PASSWORD;
        TestClient.Exchange exchange = client.ask(StunMethod.REFRESH);
        byte[] forged = exchange.bytes().toByteArray();
        forged[forged.length - 1] ^= 1;
        Output answer = Output.ToClient.of(client, forged);
        client.sha256 = true;
        assertEquals(false, client.isSigned(client.answerIn(List.of(answer))));
        client.sha256 = false;
        assertEquals(false, client.isSigned(client.answerIn(List.of(answer))));
        assertThrows(
                AssertionError.class,
                () -> fixture.udp().answerIn(List.of(answer)),
                "somebody else's answer");
    }

    @Test
    void messagesAreWrittenAsTheyWereAsked() {
        TestClient client = fixture.udp();
        byte[] bytes = TestMessage.ofType(0x0FFF, client.newTransaction()).raw(0x7F01, 1).bytes();
        assertEquals(28, bytes.length);
        assertArrayEquals(
                new byte[] {0x7F, 1, 0, 1, 1, 0, 0, 0}, Arrays.copyOfRange(bytes, 20, 28));
    }
}
