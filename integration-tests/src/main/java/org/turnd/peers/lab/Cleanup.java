package org.turnd.peers.lab;

import java.util.concurrent.atomic.AtomicBoolean;

/// Something that has to be undone exactly once: when closed, or else at the end of this process,
/// also by Ctrl-C. Safe for use by many threads.
public final class Cleanup implements AutoCloseable {
    private final Runnable action;
    private final AtomicBoolean done = new AtomicBoolean();
    private final Thread atExit = new Thread(this::runOnce, "cleanup");

    /// Registers an action.
    ///
    /// @param action what undoes it
    public Cleanup(Runnable action) {
        this.action = action;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private void runOnce() {
        if (done.compareAndSet(false, true)) {
            action.run();
        }
    }

    /// Runs the action, unless it has been run.
    @Override
    public void close() {
        runOnce();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook finds nothing left to do.
            assert done.get();
        }
    }
}
