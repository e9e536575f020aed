package org.turnd.server.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Where to listen, as an operator says it.
///
/// @param text what stands in the file
/// @param address the address and port, null when a name stands there
/// @param name an interface, a host name or [#EVERYWHERE]; empty when an address stands there
/// @param port 0 to 65535
record ListenAddress(String text, @Nullable TransportAddress address, String name, int port) {
    /// Every address of the machine, of both families.
    static final String EVERYWHERE = "*";

    // A name has a letter, so that no mistyped address is looked up.
    private static final String NAME = "(?=[^:]*[A-Za-z])[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}";
    private static final Pattern NAME_ALONE = Pattern.compile(NAME);
    private static final Pattern NAME_AND_PORT = Pattern.compile("(" + NAME + "|\\*):(\\d{1,5})");
    private static final int PORT_MAX = 65535;

    /// What listeners may be given.
    static ValueType<ListenAddress> type() {
        return new ValueType<>() {
            @Override
            public ListenAddress parse(String text) throws Mismatch {
                return ListenAddress.parse(text);
            }

            @Override
            public String expected() {
                return "an IP address, an interface, a host name or *, and a port, as in"
                        + " 192.0.2.1:3478, [2001:db8::1]:3478, eth0:3478, turn.example.org:3478"
                        + " or *:3478";
            }
        };
    }

    /// Says whether this may be the name of an interface or a host.
    static boolean isName(String text) {
        return NAME_ALONE.matcher(text).matches();
    }

    private static ListenAddress parse(String text) throws ValueType.Mismatch {
        TransportAddress address = IpLiteral.parseWithPort(text);
        if (address != null) {
            return new ListenAddress(text, address, "", address.port());
        }
        var parts = NAME_AND_PORT.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > PORT_MAX) {
            throw new ValueType.Mismatch(
                    "write an address or a name, a colon and a port up to 65535; IPv6 in brackets");
        }
        return new ListenAddress(text, null, parts.group(1), Integer.parseInt(parts.group(2)));
    }
}
