package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.turnd.server.fuzz.HttpAnswers;

/// One connection to the port of metrics and health: one answer at most, and never that the server
/// failed.
public final class OpsTarget {
    private static final Set<Integer> STATUSES = Set.of(0, 200, 400, 404, 405, 413, 503);
    private static final OpsPages PAGES =
            new OpsPages(new Metrics("1.2.3"), new Readiness(List.of()), new Liveness());

    private OpsTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            int status = HttpAnswers.status(input, OpsServer.handlers(PAGES));
            assertTrue(STATUSES.contains(status), () -> "answered " + status);
        }
    }
}
