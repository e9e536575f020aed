package org.turnd.server.config;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// What is said about the relays of a family.
///
/// @param isAuto the server finds its address
/// @param address the address to take; null with `auto` and with `none`
record RelayAddress(boolean isAuto, @Nullable TransportAddress address) {
    static ValueType<RelayAddress> type(boolean ipv4) {
        ValueType<TransportAddress> addresses = ValueTypes.ipAddress(ipv4);
        return new ValueType<>() {
            @Override
            public RelayAddress parse(String text) throws Mismatch {
                return switch (text) {
                    case ValueTypes.AUTO -> new RelayAddress(true, null);
                    case ValueTypes.NONE -> new RelayAddress(false, null);
                    default -> new RelayAddress(false, addresses.parse(text));
                };
            }

            @Override
            public String expected() {
                return "auto, none, or " + addresses.expected();
            }
        };
    }
}
