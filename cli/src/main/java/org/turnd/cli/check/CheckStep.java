package org.turnd.cli.check;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing that was asked of a server, and what came of it.
///
/// @param name one word: `address`, `connect`, `tls`, `binding`, `allocate`, `relay`, `peers`
/// @param verdict good or not
/// @param finding what was seen
/// @param roundTrips how long it took, null where nothing was timed
/// @param advice what to do, most likely first; empty where nothing need be done
public record CheckStep(
        String name,
        Verdict verdict,
        String finding,
        @Nullable RoundTrips roundTrips,
        List<Advice> advice) {
    /// Copies the list.
    public CheckStep {
        advice = List.copyOf(advice);
    }

    /// How serious a finding is.
    public enum Verdict {
        OK,
        /// It works, and yet somebody should look at it.
        WARNING,
        FAILED
    }

    static CheckStep ok(String name, String finding, @Nullable RoundTrips roundTrips) {
        return new CheckStep(name, Verdict.OK, finding, roundTrips, List.of());
    }

    static CheckStep failed(String name, String finding, List<Advice> advice) {
        return new CheckStep(name, Verdict.FAILED, finding, null, advice);
    }

    /// Returns the same step with something to look at.
    CheckStep warning(List<Advice> more) {
        return more.isEmpty()
                ? this
                : new CheckStep(name, Verdict.WARNING, finding, roundTrips, more);
    }
}
