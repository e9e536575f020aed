package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunAttribute.Lifetime;

/// What one engine is told at its start. Immutable.
///
/// @param realm the REALM of the long-term credential mechanism, already OpaqueString-prepared
/// @param software the SOFTWARE attribute's text, or null to say nothing (S-11)
/// @param defaultLifetimeSeconds lifetime granted when the client asks for less, 600 by default
/// @param maxLifetimeSeconds the longest lifetime granted, 600 to 3600
/// @param nonceLifetimeSeconds how long a NONCE is accepted, 1 to 3600 (D-06)
/// @param features what is offered with every NONCE
/// @param redirect where clients are sent instead of being served
/// @param allocationsMax allocations at most on this shard
/// @param permissionsMax permissions at most in one allocation (H-06)
/// @param channelsMax channels at most in one allocation (J-06)
/// @param channelNumberMax the highest channel number, 0x4FFF or, for RFC 5766, 0x7FFF (J-02)
/// @param classicStun answer Binding requests of RFC 3489, which lack the magic cookie (B-01)
/// @param relayTransports which transports relays may have
/// @param storedAnswersMax answers at most kept for retransmitted requests on this shard (C-02)
/// @param mobility whether clients get and may use tickets (RFC 8016)
/// @param mobilityWindowSeconds how long a mobile allocation outlives its connection (C-14)
/// @param abuse how often strangers and guessers may try
public record EngineSettings(
        String realm,
        @Nullable String software,
        int defaultLifetimeSeconds,
        int maxLifetimeSeconds,
        int nonceLifetimeSeconds,
        SecurityFeatures features,
        Redirect redirect,
        int allocationsMax,
        int permissionsMax,
        int channelsMax,
        int storedAnswersMax,
        boolean mobility,
        int mobilityWindowSeconds,
        int channelNumberMax,
        boolean classicStun,
        AbuseLimits abuse,
        RelayTransports relayTransports) {

    // F-17, G-02 (RFC 8656 §7.2, §8.2): a client cannot ask for less than the default lifetime.
    // E-04: nor does it get more than its credential has left.
    int grantedLifetimeSeconds(Request request) {
        Lifetime requested = request.message().first(Lifetime.class);
        int seconds =
                requested == null
                        ? defaultLifetimeSeconds
                        : Math.clamp(
                                requested.seconds(), defaultLifetimeSeconds, maxLifetimeSeconds);
        return (int) Math.min(seconds, request.user().secondsLeft(request.nowNanos()));
    }
}
