package org.turnd.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.turnd.peers.call.Call;
import org.turnd.peers.call.CallFailure;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.call.CallReport;
import org.turnd.peers.call.PeerProcess;

/// Many calls, a number of them at a time, in as many peer processes as they need.
final class CallBatch {
    private final CallOptions options;
    private final int calls;
    private final Semaphore running;

    CallBatch(CallOptions options, int calls, int concurrency) {
        this.options = options;
        this.calls = calls;
        running = new Semaphore(concurrency);
    }

    /// Holds all calls.
    ///
    /// @param onEnd called as each call ends, by many threads
    /// @return one report for each, in the order started
    List<CallReport> hold(Runnable onEnd) {
        var futures = new ArrayList<Future<CallReport>>();
        try (var hosts = new Hosts();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var index = 0; index < calls; index++) {
                running.acquire();
                var host = hosts.next();
                futures.add(threads.submit(() -> holdOne(host, onEnd)));
            }
            var reports = new ArrayList<CallReport>();
            for (var future : futures) {
                reports.add(future.get());
            }
            return reports;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailure("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a call ended without a report", e);
        }
    }

    private CallReport holdOne(Host host, Runnable onEnd) {
        try {
            return Call.run(host.process, host.process, options);
        } finally {
            host.oneEnded();
            running.release();
            onEnd.run();
        }
    }

    /// A peer process, which is closed when it has held as many calls as it is good for.
    private static final class Host {
        private final PeerProcess process = PeerProcess.start(null);
        private int started;
        private int ended;

        synchronized boolean isFull() {
            return started == PeerProcess.CALLS_MAX;
        }

        synchronized void oneStarts() {
            started++;
        }

        synchronized void oneEnded() {
            ended++;
            if (ended == PeerProcess.CALLS_MAX) {
                process.close();
            }
        }
    }

    /// Hands out processes; used by one thread.
    private static final class Hosts implements AutoCloseable {
        private @Nullable Host current;

        Host next() {
            var host = current;
            if (host == null || host.isFull()) {
                host = new Host();
                current = host;
            }
            host.oneStarts();
            return host;
        }

        @Override
        public void close() {
            if (current != null) {
                current.process.close();
            }
        }
    }
}
