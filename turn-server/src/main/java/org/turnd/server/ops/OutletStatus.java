package org.turnd.server.ops;

/// What can be seen of an outlet with a queue. Safe on every thread.
public interface OutletStatus {
    /// An outlet that there isn't.
    OutletStatus NONE =
            new OutletStatus() {
                @Override
                public long delivered() {
                    return 0;
                }

                @Override
                public long dropped() {
                    return 0;
                }

                @Override
                public long failures() {
                    return 0;
                }

                @Override
                public int queued() {
                    return 0;
                }
            };

    /// Events that have arrived.
    long delivered();

    /// Events that never will: the queue was full, or the outlet gave up.
    long dropped();

    /// Attempts that failed, whether or not a later one succeeded.
    long failures();

    /// Events that wait.
    int queued();
}
