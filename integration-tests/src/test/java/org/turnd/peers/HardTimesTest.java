package org.turnd.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.peers.call.Call;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.call.CallReport;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.ServerKind;
import org.turnd.peers.server.TurnTransport;

/// Calls through a server that crashes, that cannot reach everybody, that serves several at a time.
@Timeout(120)
class HardTimesTest {
    @BeforeEach
    void needsRoot() {
        assertEquals("", NatLaboratory.obstacle());
    }

    @Test
    void callSurvivesACrashOfTheServer() {
        try (var lab =
                        PeerLaboratory.open(
                                NatLaboratorySpec.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC));
                var call = lab.prepare(CallOptions.through(lab.iceServer(TurnTransport.UDP)))) {
            call.connect();
            lab.server().kill();
            lab.server().start();
            call.restartIce();
            call.exchangeFiles();
            assertTrue(call.report().relayed());
        }
    }

    @Test
    void threePeersHoldAMesh() throws InterruptedException, ExecutionException {
        var spec = NatLaboratorySpec.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC, NatKind.SYMMETRIC);
        try (var lab = PeerLaboratory.open(spec);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var options = CallOptions.through(lab.iceServer(TurnTransport.UDP)).brief();
            var calls = new ArrayList<Future<CallReport>>();
            for (var pair : new int[][] {{0, 1}, {1, 2}, {2, 0}}) {
                calls.add(
                        threads.submit(
                                () -> Call.run(lab.peer(pair[0]), lab.peer(pair[1]), options)));
            }
            for (var call : calls) {
                var report = call.get();
                assertTrue(report.good(), () -> report + "\n" + lab.server().log());
            }
            assertEquals(3, calls.size());
        }
    }

    /// The peers' private addresses are allowed, but the server's host has no route to them: each
    /// packet there fails with ENETUNREACH, in the middle of the checks that find the way which
    /// works.
    @ParameterizedTest
    @EnumSource(names = {"TURND", "TURND_PORTABLE"})
    void onePeerThatCannotBeReachedDoesNotEndTheAllocation(ServerKind kind) {
        var spec =
                NatLaboratorySpec.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC)
                        .withoutServerDefaultRoute();
        try (var lab = PeerLaboratory.open(spec, kind, true)) {
            var options =
                    CallOptions.through(lab.iceServer(TurnTransport.UDP))
                            .withAnyCandidates()
                            .lasting(2);
            var report = lab.call(options);
            assertTrue(report.good(), () -> report + "\n" + lab.server().log());
            assertTrue(report.relayed(), report::toString);
        }
    }
}
