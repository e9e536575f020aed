package org.turnd.chaos;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Retransmission;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;

/// A well-behaved client that has an allocation, and asks for its address and refreshes all the
/// time, whatever else happens. It must always be answered.
final class Probe implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Daemon server;
    private final Thread thread = Thread.ofPlatform().name("probe").unstarted(this::run);
    private volatile boolean isOver;
    private @Nullable TurnFailure failure;
    private long rounds;
    private long worstNanos;

    Probe(Daemon server) {
        this.server = server;
        thread.start();
    }

    static ClientOptions options() {
        return ClientOptions.of(Daemon.USER).repeating(Retransmission.RFC_8489.limitedTo(PATIENCE));
    }

    private void run() {
        try (TurnClient asking = TurnClient.connect(server.endpoint(Carrier.UDP), options());
                TurnClient client = TurnClient.connect(server.endpoint(Carrier.UDP), options())) {
            client.allocate(null);
            while (!isOver) {
                long began = System.nanoTime();
                asking.bind();
                client.refresh(600);
                synchronized (this) {
                    rounds++;
                    worstNanos = Math.max(worstNanos, System.nanoTime() - began);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (TurnFailure e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    /// Throws if it was not answered.
    synchronized void check() {
        if (failure != null) {
            throw new IllegalStateException("a well-behaved client isn't served", failure);
        }
    }

    /// How often it was answered.
    synchronized long rounds() {
        return rounds;
    }

    /// Says how long its slowest round took.
    synchronized long worstMillis() {
        return Duration.ofNanos(worstNanos).toMillis();
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
