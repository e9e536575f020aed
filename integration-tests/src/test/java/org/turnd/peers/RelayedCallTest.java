package org.turnd.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.call.CallReport;
import org.turnd.peers.call.Measurement.SelectedPair;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.ServerKind;
import org.turnd.peers.server.TurnTransport;

/// Two peers behind symmetric NATs, who cannot meet but through the server; on both data planes.
@Timeout(120)
@ParameterizedClass
@MethodSource("servers")
class RelayedCallTest {
    private static @Nullable PeerLaboratory laboratory;

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private ServerKind kind;

    static List<ServerKind> servers() {
        return PeerLaboratory.DEFAULT_SERVER == ServerKind.TURND
                ? List.of(ServerKind.TURND, ServerKind.TURND_PORTABLE)
                : List.of(PeerLaboratory.DEFAULT_SERVER);
    }

    @BeforeParameterizedClassInvocation
    static void openLaboratory(ServerKind kind) {
        assertEquals("", NatLaboratory.obstacle());
        laboratory =
                PeerLaboratory.open(
                        NatLaboratorySpec.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC).withIpv6(),
                        kind,
                        false);
    }

    @AfterParameterizedClassInvocation
    static void closeLaboratory() {
        if (laboratory != null) {
            laboratory.close();
        }
    }

    private static PeerLaboratory lab() {
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
        assertTrue(report.good(), () -> kind + ": " + report + "\n" + lab().server().log());
    }

    private static SelectedPair pair(CallReport.End end) {
        var pair = end.pair();
        assertNotNull(pair);
        return pair;
    }
}
