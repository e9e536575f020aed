package org.turnd.server.admin;

/// So many a minute, and as many at once after a quiet minute. Safe on every thread.
final class MinuteAllowance {
    private static final double NANOS_PER_MINUTE = 60e9;

    private final int perMinute;
    private double left;
    private long lastNanos;

    MinuteAllowance(int perMinute, long nowNanos) {
        this.perMinute = perMinute;
        left = perMinute;
        lastNanos = nowNanos;
    }

    /// Takes one, if there is one.
    synchronized boolean take(long nowNanos) {
        left = Math.min(perMinute, left + (nowNanos - lastNanos) / NANOS_PER_MINUTE * perMinute);
        lastNanos = nowNanos;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
