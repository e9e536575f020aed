package org.turnd.server.engine;

/// Lets so many things happen in a window of time, which begins with the first of them.
final class RateWindow {
    private long beganNanos;
    private int taken;

    /// Takes one of `max` in a window of `lengthNanos`; returns false when they are used up.
    boolean take(long nowNanos, long lengthNanos, int max) {
        if (taken == 0 || nowNanos - beganNanos >= lengthNanos) {
            beganNanos = nowNanos;
            taken = 0;
        }
        if (taken == max) {
            return false;
        }
        taken++;
        return true;
    }
}
