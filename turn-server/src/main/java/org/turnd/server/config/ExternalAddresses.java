package org.turnd.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// What clients and peers see instead of the relays' own addresses.
///
/// @param ipv4, ipv6 null where they see the relay's own
/// @param refresh how often those that may change are looked up again; null never
public record ExternalAddresses(
        @Nullable ExternalAddress ipv4,
        @Nullable ExternalAddress ipv6,
        @Nullable Duration refresh) {
    /// Addresses that never change.
    public static ExternalAddresses fixed(
            @Nullable TransportAddress ipv4, @Nullable TransportAddress ipv6) {
        return new ExternalAddresses(fixed(ipv4), fixed(ipv6), null);
    }

    private static @Nullable ExternalAddress fixed(@Nullable TransportAddress address) {
        return address == null ? null : new ExternalAddress.Fixed(address);
    }

    /// What is said of a family, or null.
    public @Nullable ExternalAddress of(AddressFamily family) {
        return switch (family) {
            case IPV4 -> ipv4;
            case IPV6 -> ipv6;
        };
    }

    /// The address of a family that needs no look-up, or null.
    public @Nullable TransportAddress known(AddressFamily family) {
        return of(family) instanceof ExternalAddress.Fixed fixed ? fixed.address() : null;
    }
}
