package org.turnd.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.TurnServerSettings;
import org.turnd.peers.server.TurnTransport;

/// Peers whose credentials are no good learn so, and soon.
@Timeout(120)
class RefusedCredentialsTest {
    @BeforeEach
    void needsRoot() {
        assertEquals("", NatLaboratory.obstacle());
    }

    @Test
    void wrongPasswordAndExpiredCredentialsAreRefusedWith401() {
        try (var lab = PeerLaboratory.open(NatLaboratorySpec.of(NatKind.NONE, NatKind.NONE))) {
            var secret = lab.server().settings().secret();
            var refused =
                    List.of(
                            TurnServerSettings.credential("not the server's secret", 3600),
                            TurnServerSettings.credential(secret, -60));
            for (var credentials : refused) {
                var address = lab.networks().serverIpv4();
                var server =
                        lab.server().settings().iceServer(address, TurnTransport.UDP, credentials);
                try (var call = lab.prepare(CallOptions.through(server))) {
                    call.gather();
                    assertFalse(call.errors().isEmpty(), "nothing was refused");
                    assertTrue(
                            call.errors().stream().allMatch(error -> error.startsWith("401 ")),
                            call::toString);
                    assertTrue(call.report().a().candidates().isEmpty(), call::toString);
                }
            }
            assertTrue(
                    lab.call(CallOptions.through(lab.iceServer(TurnTransport.UDP)).brief()).good());
        }
    }
}
