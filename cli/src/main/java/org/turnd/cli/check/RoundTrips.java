package org.turnd.cli.check;

import java.time.Duration;
import java.util.List;

/// Times from a question to its answer, of several questions.
///
/// @param sent how many questions there were
/// @param times of the answers that came, shortest first; at least one
public record RoundTrips(int sent, List<Duration> times) {
    /// Sorts the times.
    public RoundTrips {
        times = times.stream().sorted().toList();
        if (times.isEmpty()) {
            throw new IllegalArgumentException("no answer, no round trip");
        }
    }

    /// Returns the shortest time.
    public Duration min() {
        return times.getFirst();
    }

    /// Returns the middle one of the times; of the two middle ones the longer.
    public Duration median() {
        return times.get(times.size() / 2);
    }

    /// Returns the longest time.
    public Duration max() {
        return times.getLast();
    }

    /// Returns how many questions were answered.
    public int answered() {
        return times.size();
    }
}
