package org.turnd.server;

import org.turnd.server.net.LoopWatch;
import org.turnd.server.ops.Metrics;

/// How the event loops turn, as metrics.
public final class LoopMetrics {
    private LoopMetrics() {}

    /// Registers what a watch sees.
    public static void register(Metrics metrics, LoopWatch watch) {
        metrics.gaugeOfSeconds(
                "turnd_loop_latency_seconds",
                "How long the slowest event loop took to come to a task, asked once a second; grows"
                        + " while one is stuck.",
                watch::latencyNanos);
        metrics.gauge(
                "turnd_loops_stuck",
                "Event loops that haven't turned for 10 seconds: /livez says 503.",
                watch::stuckCount);
    }
}
