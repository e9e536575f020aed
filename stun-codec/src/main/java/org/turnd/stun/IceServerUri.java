package org.turnd.stun;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A `stun:`, `stuns:`, `turn:` or `turns:` URI (RFC 7064 §3, RFC 7065 §3).
///
/// @param host a name or an address; IPv6 literals without their brackets
/// @param port 1 to 65535, the scheme's default where the URI names none
/// @param transport what carries the messages; TCP or UDP under a secure scheme means TLS or DTLS
public record IceServerUri(Scheme scheme, String host, int port, Transport transport) {
    /// The four schemes.
    public enum Scheme {
        STUN,
        STUNS,
        TURN,
        TURNS;

        /// Tells whether the scheme demands TLS or DTLS.
        public boolean isSecure() {
            return this == STUNS || this == TURNS;
        }

        /// Tells whether the scheme names a TURN server.
        public boolean isTurn() {
            return this == TURN || this == TURNS;
        }

        /// Returns the port where the URI names none: 3478, or 5349 where secure.
        public int defaultPort() {
            return isSecure() ? 5349 : 3478;
        }

        /// Returns the transport where the URI names none: UDP, or TCP where secure.
        public Transport defaultTransport() {
            return isSecure() ? Transport.TCP : Transport.UDP;
        }
    }

    /// The transports of RFC 7065.
    public enum Transport {
        UDP,
        TCP
    }

    /// What parsing gives.
    public sealed interface Parsed permits Valid, Problem {}

    /// A text that is such a URI.
    public record Valid(IceServerUri uri) implements Parsed {}

    /// A text that is none, and why, as half a sentence.
    public record Problem(String text) implements Parsed {}

    /// Parses a URI; never throws.
    public static Parsed parse(String text) {
        int colon = text.indexOf(':');
        Scheme scheme = colon < 0 ? null : schemeOf(text.substring(0, colon));
        if (scheme == null) {
            return new Problem("does not begin with stun:, stuns:, turn: or turns:");
        }
        String rest = text.substring(colon + 1);
        if (rest.startsWith("//")) {
            return new Problem("has no // behind the scheme: write " + scheme(scheme) + ":host");
        }
        int question = rest.indexOf('?');
        String authority = question < 0 ? rest : rest.substring(0, question);
        String query = question < 0 ? "" : rest.substring(question + 1);
        if (question >= 0 && !scheme.isTurn()) {
            return new Problem("a " + scheme(scheme) + " URI takes no ?transport=");
        }
        Transport transport = question < 0 ? scheme.defaultTransport() : transportOf(query);
        if (transport == null) {
            return new Problem("expected ?transport=udp or ?transport=tcp, found ?" + query);
        }
        return hostAndPort(scheme, authority, transport);
    }

    private static Parsed hostAndPort(Scheme scheme, String authority, Transport transport) {
        int hostEnd = authority.startsWith("[") ? authority.indexOf(']') + 1 : hostEnd(authority);
        if (hostEnd == 0) {
            return new Problem(
                    authority.startsWith("[") ? "the bracket is never closed" : "has no host");
        }
        String host = authority.substring(0, hostEnd);
        String portText = authority.substring(hostEnd);
        if (host.startsWith("[")) {
            host = host.substring(1, hostEnd - 1);
            if (!isIpv6Literal(host)) {
                return new Problem("[" + host + "] is not an IPv6 address");
            }
        } else if (!isRegisteredName(host)) {
            return new Problem("'" + host + "' is not a host name or IPv4 address");
        }
        if (portText.isEmpty()) {
            return new Valid(new IceServerUri(scheme, host, scheme.defaultPort(), transport));
        }
        int port = portText.charAt(0) == ':' ? portOf(portText.substring(1)) : 0;
        return port == 0
                ? new Problem("'" + portText + "' is not a port from :1 to :65535")
                : new Valid(new IceServerUri(scheme, host, port, transport));
    }

    private static int hostEnd(String authority) {
        int colon = authority.indexOf(':');
        return colon < 0 ? authority.length() : colon;
    }

    private static @Nullable Scheme schemeOf(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "stun" -> Scheme.STUN;
            case "stuns" -> Scheme.STUNS;
            case "turn" -> Scheme.TURN;
            case "turns" -> Scheme.TURNS;
            default -> null;
        };
    }

    private static @Nullable Transport transportOf(String query) {
        return switch (query.toLowerCase(Locale.ROOT)) {
            case "transport=udp" -> Transport.UDP;
            case "transport=tcp" -> Transport.TCP;
            default -> null;
        };
    }

    private static int portOf(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> isDigit(c))) {
            return 0;
        }
        int port = Integer.parseInt(text);
        return port > 0xFFFF ? 0 : port;
    }

    // RFC 3986's reg-name, narrowed to what the domain name system can hold.
    private static boolean isRegisteredName(String host) {
        return host.length() <= 253
                && host.chars()
                        .allMatch(
                                c -> isDigit(c) || isLetter(c) || c == '-' || c == '.' || c == '_');
    }

    private static boolean isIpv6Literal(String host) {
        return host.indexOf(':') >= 0 && Ipv6Text.isValid(host);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static String scheme(Scheme scheme) {
        return scheme.name().toLowerCase(Locale.ROOT);
    }

    /// Returns the shortest URI that parses to this value.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(scheme(scheme)).append(':');
        text.append(host.indexOf(':') < 0 ? host : "[" + host + "]");
        if (port != scheme.defaultPort()) {
            text.append(':').append(port);
        }
        if (transport != scheme.defaultTransport()) {
            text.append("?transport=").append(transport.name().toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }
}
