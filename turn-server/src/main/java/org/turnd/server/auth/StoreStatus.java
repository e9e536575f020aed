package org.turnd.server.auth;

import org.jspecify.annotations.Nullable;

/// How a [UserStore] does. Safe on every thread.
public interface StoreStatus {
    /// The store's name.
    String name();

    /// Why it did not answer the last time it was asked; null when it did, or was never asked.
    @Nullable String trouble();

    /// Whether it has failed so often in a row that it is left alone for a while.
    boolean isDead();

    /// How often it was asked something.
    long asked();

    /// How often it could not answer, or not in time.
    long failed();

    /// How many nanoseconds all its answers and failures took together.
    long nanos();
}
