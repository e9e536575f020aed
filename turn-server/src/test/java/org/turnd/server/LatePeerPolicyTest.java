package org.turnd.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.server.config.ServerSettings.Peers;
import org.turnd.server.policy.AddressRules;
import org.turnd.stun.TransportAddress;

class LatePeerPolicyTest {
    private static final TransportAddress PUBLIC = TransportAddress.ipv4(0x08080808, 53);
    private static final TransportAddress PRIVATE = TransportAddress.ipv4(0x0A000001, 53);

    private static boolean permits(LatePeerPolicy policy, TransportAddress peer) {
        return policy.permits(peer.high(), peer.low(), peer.port());
    }

    @Test
    @Tag("S-05")
    @Tag("S-06")
    void theRulesHoldFromTheFirstPacketOn() {
        var peers = new Peers(List.of(), List.of());
        var policy = new LatePeerPolicy(AddressRules.of(peers, List.of(), List.of()));
        assertTrue(permits(policy, PUBLIC));
        assertTrue(policy.permits(PUBLIC.high(), PUBLIC.low()));
        assertFalse(permits(policy, PRIVATE));

        policy.become(AddressRules.of(peers, List.of(PUBLIC), List.of()));
        assertFalse(permits(policy, PUBLIC));
        assertTrue(permits(policy, PUBLIC.withPort(54)));
    }
}
