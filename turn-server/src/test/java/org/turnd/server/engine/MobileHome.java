package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A mobile client's allocation, with a permission and a channel for one peer, and its first
/// ticket.
record MobileHome(TransportAddress relayed, MobilityTicket ticket) {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final byte[] DATA = {1, 2, 3, 4};
    private static final int CHANNEL = 0x4000;

    static MobileHome allocate(TestClient client) {
        TestClient.Exchange answer = client.askAllocate(new MobilityTicket(Octets.EMPTY));
        assertEquals(0, answer.errorCode());
        MobileHome home =
                new MobileHome(
                        answer.get(XorRelayedAddress.class).address(),
                        answer.get(MobilityTicket.class));
        client.createPermission(PEER);
        client.channelBind(CHANNEL, PEER);
        return home;
    }

    /// Lets a client in at another place, and returns its new ticket.
    static MobilityTicket letIn(TestClient client, MobilityTicket ticket) {
        TestClient.Exchange answer = client.ask(StunMethod.REFRESH, ticket);
        assertEquals(0, answer.errorCode());
        assertEquals(List.of(), answer.effects());
        return answer.get(MobilityTicket.class);
    }

    /// Returns the error that a Refresh with this ticket gets.
    static int refused(TestClient client, MobilityTicket ticket) {
        return client.refusal(StunMethod.REFRESH, ticket);
    }

    static void assertPeerReaches(EngineFixture fixture, TestClient expected, MobileHome home) {
        assertEquals(
                List.of(expected.gotChannelData(CHANNEL, DATA)),
                fixture.peerSends(home.relayed, PEER, DATA));
    }

    static void assertReachesPeer(TestClient client, MobileHome home) {
        assertEquals(
                List.of(Output.ToPeer.of(home.relayed, PEER, DATA)),
                client.channelData(CHANNEL, DATA));
    }
}
