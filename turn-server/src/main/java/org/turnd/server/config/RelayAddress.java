package org.turnd.server.config;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// What is said about the relays of a family.
///
/// @param isAuto the server finds its address
/// @param address the address to take; null with `auto`, with `none` and with a name
/// @param name an interface or a host of that address, null when something else was said
record RelayAddress(boolean isAuto, @Nullable TransportAddress address, @Nullable String name) {
    static ValueType<RelayAddress> type(boolean ipv4) {
        ValueType<TransportAddress> addresses = ValueTypes.ipAddress(ipv4);
        return new ValueType<>() {
            @Override
            public RelayAddress parse(String text) throws Mismatch {
                return switch (text) {
                    case ValueTypes.AUTO -> new RelayAddress(true, null, null);
                    case ValueTypes.NONE -> new RelayAddress(false, null, null);
                    default ->
                            ListenAddress.isName(text)
                                    ? new RelayAddress(false, null, text)
                                    : new RelayAddress(false, addresses.parse(text), null);
                };
            }

            @Override
            public String expected() {
                return "auto, none, an interface, a host name, or " + addresses.expected();
            }
        };
    }
}
