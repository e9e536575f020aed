package org.turnd.server.config;

import java.net.InetAddress;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// IP addresses as an operator writes them. Names are never looked up.
///
/// Stricter than the JDK, which reads `127.1` and `010.0.0.1` as addresses that the reader of the
/// file doesn't expect.
public final class IpLiteral {
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern WITH_PORT = Pattern.compile("(?:\\[(.*:.*)]|([^:]*)):(\\d{1,5})");
    private static final int PORT_MAX = 65535;

    private IpLiteral() {}

    /// Returns the address, port 0, or null when the text is no IPv4 or IPv6 address. IPv6 stands
    /// without brackets and without a zone.
    public static @Nullable TransportAddress parse(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            return TransportAddress.of(InetAddress.ofLiteral(text), 0);
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }

    /// Says whether a URL leads to this machine, by its text alone.
    static boolean isLoopback(URI url) {
        String host = String.valueOf(url.getHost()).replaceAll("[\\[\\]]", "");
        TransportAddress address = parse(host);
        return host.equalsIgnoreCase("localhost")
                || (address != null && address.toInetAddress().isLoopbackAddress());
    }

    /// Returns the transport address of `192.0.2.1:3478` or `[2001:db8::1]:3478`, or null when the
    /// text is none.
    public static @Nullable TransportAddress parseWithPort(String text) {
        var parts = WITH_PORT.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        String ipv6 = parts.group(1);
        TransportAddress host = parse(ipv6 == null ? parts.group(2) : ipv6);
        int port = Integer.parseInt(parts.group(3));
        return host == null || port > PORT_MAX ? null : host.withPort(port);
    }
}
