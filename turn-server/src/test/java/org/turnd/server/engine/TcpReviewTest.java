package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Peer rules that change while a TCP relay has connections.
class TcpReviewTest extends TcpFixture {
    private static final TransportAddress GOOD_PEER = EngineFixture.address("192.0.2.8", 7000);

    @Test
    void connectionsWithAPeerThatIsDeniedNowEnd() {
        TransportAddress relayed = allocate(control);
        control.createPermission(PEER, GOOD_PEER);
        int open = accepted(relayed, PEER);
        int good = accepted(relayed, GOOD_PEER);
        assertNotEquals(PeerInputs.NO_CONNECTION, open);
        fixture.drain();
        int pending = connect(control, PEER.withPort(7001));
        fixture.peers.denyHost(PEER);
        assertEquals(-1, fixture.engine.review(0, fixture.nowNanos));

        List<Output> outputs = fixture.drain();
        assertEquals(1, outputs.stream().filter(new Output.ClosePeer(open)::equals).count());
        assertEquals(1, outputs.stream().filter(new Output.ClosePeer(pending)::equals).count());
        assertEquals(1, fixture.sink.connections());
        assertBinds(fixture.tcp().as(EngineFixture.USER, EngineFixture.PASSWORD), good);
        assertEquals(403, control.refusal(StunMethod.CONNECT, to(PEER)));
        assertEquals(PeerInputs.NO_CONNECTION, accepted(relayed, PEER));
        control.close();
        assertNothingIsLeft();
    }

    @Test
    void aConnectionMoreThanThereMayBeNowIsRefused() {
        TransportAddress relayed = allocate(control);
        control.createPermission(PEER, GOOD_PEER);
        assertNotEquals(PeerInputs.NO_CONNECTION, accepted(relayed, PEER));
        fixture.drain();
        var options = new EngineFixture.Options();
        options.relayTransports = new RelayTransports(true, true, 1);
        fixture.engine.use(EngineFixture.settings(options), fixture.credentials, List.of());
        assertEquals(508, control.refusal(StunMethod.CONNECT, to(GOOD_PEER)));
        assertEquals(1, fixture.sink.connections());
    }
}
