package org.turnd.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.TurnTransport;

/// Who needs the relay and who does not, with all candidates allowed.
@Timeout(120)
class NatTraversalTest {
    @BeforeEach
    void needsRoot() {
        assertEquals("", NatLaboratory.obstacle());
    }

    @ParameterizedTest
    @CsvSource({"PORT_RESTRICTED,PORT_RESTRICTED", "FULL_CONE,SYMMETRIC", "NONE,SYMMETRIC"})
    void peersMeetDirectlyWhereTheirNatsLetThem(NatKind a, NatKind b) {
        try (var lab = PeerLaboratory.open(NatLaboratorySpec.of(a, b))) {
            var server = lab.iceServer(TurnTransport.UDP);
            var report = lab.call(CallOptions.through(server).withAnyCandidates().brief());
            assertTrue(report.good(), () -> report + "\n" + lab.server().log());
            assertFalse(report.relayed(), report::toString);
        }
    }

    @Test
    void portRestrictedAndSymmetricNatsNeedTheRelay() {
        try (var lab =
                PeerLaboratory.open(
                        NatLaboratorySpec.of(NatKind.PORT_RESTRICTED, NatKind.SYMMETRIC))) {
            var server = lab.iceServer(TurnTransport.UDP);
            var report = lab.call(CallOptions.through(server).withAnyCandidates().brief());
            assertTrue(report.good(), () -> report + "\n" + lab.server().log());
            assertTrue(report.relayed(), report::toString);
        }
    }

    @Test
    void peersWithoutUdpMeetOverTcpAndTls() {
        var spec =
                NatLaboratorySpec.of(NatKind.PORT_RESTRICTED, NatKind.PORT_RESTRICTED)
                        .blockingUdp();
        try (var lab = PeerLaboratory.open(spec)) {
            for (var transport : List.of(TurnTransport.TCP, TurnTransport.TLS)) {
                var servers = List.of(lab.iceServer(TurnTransport.UDP), lab.iceServer(transport));
                var report = lab.call(CallOptions.through(servers).withAnyCandidates().brief());
                assertTrue(report.good(), () -> report + "\n" + lab.server().log());
                var pair = report.a().pair();
                assertNotNull(pair);
                assertEquals("relay", pair.localType());
                assertEquals(transport.toString(), pair.relayProtocol());
            }
        }
    }
}
