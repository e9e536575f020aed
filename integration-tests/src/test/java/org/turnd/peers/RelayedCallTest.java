package org.turnd.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.call.CallReport;
import org.turnd.peers.call.Measurement.SelectedPair;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.TurnTransport;

/// Two peers behind symmetric NATs, who cannot meet but through the server.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelayedCallTest {
    private @Nullable PeerLaboratory laboratory;

    @BeforeAll
    void openLaboratory() {
        assertEquals("", NatLaboratory.obstacle());
        laboratory =
                PeerLaboratory.open(
                        NatLaboratorySpec.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC).withIpv6());
    }

    @AfterAll
    void closeLaboratory() {
        if (laboratory != null) {
            laboratory.close();
        }
    }

    private PeerLaboratory lab() {
        assertNotNull(laboratory);
        return laboratory;
    }

    @ParameterizedTest
    @EnumSource(TurnTransport.class)
    void holdsAWholeSessionOverEachTransport(TurnTransport transport) {
        var report = lab().call(CallOptions.through(lab().iceServer(transport)));
        assertGood(report);
        for (var pair : new SelectedPair[] {pair(report.a()), pair(report.b())}) {
            assertEquals("relay", pair.localType());
            assertEquals(transport.toString(), pair.relayProtocol());
            assertTrue(
                    pair.localAddress().startsWith(lab().networks().serverIpv4() + ":"),
                    pair::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(TurnTransport.class)
    void servesClientsOverIpv6(TurnTransport transport) {
        var report = lab().call(CallOptions.through(lab().ipv6Server(transport)).brief());
        assertGood(report);
        assertEquals(transport.toString(), pair(report.a()).relayProtocol());
    }

    @Test
    void carriesACallBetweenAnIpv4AndAnIpv6Client() {
        var options =
                CallOptions.through(lab().iceServer(TurnTransport.UDP))
                        .calling(lab().ipv6Server(TurnTransport.TCP))
                        .brief();
        var report = lab().call(options);
        assertGood(report);
        assertEquals("udp", pair(report.a()).relayProtocol());
        assertEquals("tcp", pair(report.b()).relayProtocol());
    }

    @Test
    void endsInARelayWhenAllCandidatesAreAllowed() {
        var report =
                lab().call(
                                CallOptions.through(lab().iceServer(TurnTransport.UDP))
                                        .withAnyCandidates()
                                        .brief());
        assertGood(report);
        assertTrue(report.relayed(), report::toString);
    }

    private void assertGood(CallReport report) {
        assertTrue(report.good(), () -> report + "\n" + lab().server().log());
    }

    private static SelectedPair pair(CallReport.End end) {
        var pair = end.pair();
        assertNotNull(pair);
        return pair;
    }
}
