package org.turnd.cli.check;

import java.time.Duration;

/// How often a request is sent over UDP and how long its answer is waited for (RFC 8489 §6.2.1).
///
/// @param firstTimeout RTO: the wait after the first request, which doubles with each further one
/// @param requestsMax Rc: how many requests are sent in all
/// @param lastWaitFactor Rm: the wait after the last request, in first timeouts
/// @param longest ends a transaction earlier, over any carrier
public record Retransmission(
        Duration firstTimeout, int requestsMax, int lastWaitFactor, Duration longest) {
    /// The defaults of RFC 8489: 7 requests within 39.5 seconds.
    public static final Retransmission RFC_8489 =
            new Retransmission(Duration.ofMillis(500), 7, 16, Duration.ofMillis(39_500));

    /// Returns the same schedule, cut off after a time.
    public Retransmission limitedTo(Duration limit) {
        return new Retransmission(firstTimeout, requestsMax, lastWaitFactor, limit);
    }

    /// Returns the wait after a request.
    ///
    /// @param sent how many requests have been sent, from 1 to `requestsMax`
    public Duration waitAfter(int sent) {
        return sent < requestsMax
                ? firstTimeout.multipliedBy(1L << (sent - 1))
                : firstTimeout.multipliedBy(lastWaitFactor);
    }
}
