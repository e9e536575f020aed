package org.turnd.server.engine;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Where clients are sent instead of being served, and when (RFC 8489 §10).
///
/// @param targets the servers that take over
/// @param domain the name in their certificate where it isn't this server's, null where it is
/// @param when what sends clients there; nothing does by default
/// @param beforeAuthentication also strangers are sent there, against RFC 8489 §14.8 (W-03)
/// @param unicast where this server is reached by clients that came to its anycast address
public record Redirect(
        List<Target> targets,
        @Nullable String domain,
        Set<Occasion> when,
        boolean beforeAuthentication,
        List<Target> unicast) {

    /// Sends nobody anywhere.
    public static final Redirect NONE = new Redirect(List.of(), null, Set.of(), false, List.of());

    public Redirect {
        targets = List.copyOf(targets);
        when = Set.copyOf(when);
        unicast = List.copyOf(unicast);
    }

    /// What makes a server send clients elsewhere.
    public enum Occasion {
        /// It never serves any.
        ALWAYS,
        /// It is about to stop.
        DRAINING,
        /// It has no room for another allocation.
        FULL
    }

    /// One server for clients of one transport.
    ///
    /// @param transport null for clients of every transport
    public record Target(@Nullable Transport transport, TransportAddress address) {
        boolean serves(Transport client) {
            return transport == null || transport == client;
        }
    }
}
