package org.turnd.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.TransportAddress;

/// Where clients are sent instead of being served (RFC 8489 §10).
///
/// @param to the servers that take over; empty: nobody is sent anywhere
/// @param when what sends clients there
/// @param domain the name in their certificate where it isn't this server's, null where it is
/// @param beforeAuthentication also strangers are sent there
/// @param anycastAddresses IP addresses, port 0, at which nobody is served
/// @param anycastTo where clients are sent that come to one of these; empty: there are none
public record RedirectSettings(
        List<Target> to,
        List<Occasion> when,
        @Nullable String domain,
        Switch beforeAuthentication,
        List<TransportAddress> anycastAddresses,
        List<Target> anycastTo) {

    /// Sends nobody anywhere.
    public static final RedirectSettings NONE =
            new RedirectSettings(List.of(), List.of(), null, Switch.OFF, List.of(), List.of());

    public RedirectSettings {
        to = List.copyOf(to);
        when = List.copyOf(when);
        anycastAddresses = List.copyOf(anycastAddresses);
        anycastTo = List.copyOf(anycastTo);
    }

    /// Says whether this address, whatever its port, is an anycast address.
    public boolean isAnycast(TransportAddress address) {
        return !anycastTo.isEmpty() && anycastAddresses.contains(address.withPort(0));
    }

    /// What makes the server send clients elsewhere.
    public enum Occasion {
        /// It never serves any.
        ALWAYS,
        /// It is about to stop.
        DRAINING,
        /// It has no room for another allocation.
        FULL
    }

    /// One server.
    ///
    /// @param protocol of the clients that are sent there, null for all
    public record Target(@Nullable Protocol protocol, TransportAddress address) {
        @Override
        public String toString() {
            return protocol == null ? address.toString() : protocol + ":" + address;
        }
    }
}
