package org.turnd.server.auth;

import java.util.concurrent.atomic.LongAdder;
import org.turnd.server.engine.UserAnswer;

/// How often users of stores were asked for, and what came of it. Safe on every thread.
public final class StoreCounts {
    private final LongAdder recalled = new LongAdder();
    private final LongAdder known = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder unavailable = new LongAdder();

    void recalled() {
        recalled.increment();
    }

    void add(UserAnswer answer) {
        LongAdder count =
                switch (answer) {
                    case UserAnswer.Known k -> known;
                    case UserAnswer.Unknown u -> unknown;
                    case UserAnswer.Unavailable u -> unavailable;
                };
        count.increment();
    }

    /// Answered without asking a store.
    public long recalledCount() {
        return recalled.sum();
    }

    /// Asked for, and found.
    public long knownCount() {
        return known.sum();
    }

    /// Asked for, and known to no store.
    public long unknownCount() {
        return unknown.sum();
    }

    /// Asked for, and nobody could tell.
    public long unavailableCount() {
        return unavailable.sum();
    }
}
