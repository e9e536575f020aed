package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.IpLiteral;
import org.turnd.stun.TransportAddress;

/// Reads the text header of the PROXY protocol, version 1: one line at the beginning of a TCP
/// connection.
final class ProxyLine {
    /// The longest line, CR and LF included.
    static final int BYTES_MAX = 107;

    private static final byte[] BEGINNING = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final String PORT = "(0|[1-9]\\d{0,4})";
    private static final Pattern CLIENT =
            Pattern.compile("PROXY (TCP4|TCP6) (\\S+) (\\S+) " + PORT + " " + PORT);
    private static final Pattern UNKNOWN = Pattern.compile("PROXY UNKNOWN(?: .*)?");
    private static final int PORT_MAX = 65535;

    /// What a line says.
    ///
    /// @param bytes of the line, CR and LF included; or [ProxyHeader#NEED_MORE] or
    ///   [ProxyHeader#INVALID]
    /// @param client whom it names; null for the sender itself
    record Reading(int bytes, @Nullable TransportAddress client) {}

    private static final Reading NEED_MORE = new Reading(ProxyHeader.NEED_MORE, null);
    private static final Reading INVALID = new Reading(ProxyHeader.INVALID, null);

    private ProxyLine() {}

    /// Reads what a connection has brought so far. Borrows the buffer.
    static Reading read(ByteBuf buffer, int offset, int length) {
        for (int i = 0; i < Math.min(length, BEGINNING.length); i++) {
            if (buffer.getByte(offset + i) != BEGINNING[i]) {
                return INVALID;
            }
        }
        int searched = Math.min(length, BYTES_MAX);
        int end = buffer.indexOf(offset, offset + searched, (byte) '\n');
        if (end < 0) {
            return length < BYTES_MAX ? NEED_MORE : INVALID;
        }
        if (buffer.getByte(end - 1) != '\r') {
            return INVALID;
        }
        int bytes = end + 1 - offset;
        // One character for each octet, so that what isn't ASCII stays what it is.
        String line = buffer.toString(offset, bytes - 2, StandardCharsets.ISO_8859_1);
        if (UNKNOWN.matcher(line).matches()) {
            return new Reading(bytes, null);
        }
        TransportAddress client = client(line);
        return client == null ? INVALID : new Reading(bytes, client);
    }

    private static @Nullable TransportAddress client(String line) {
        Matcher parts = CLIENT.matcher(line);
        if (!parts.matches()) {
            return null;
        }
        boolean ipv6 = parts.group(1).equals("TCP6");
        TransportAddress source = address(parts.group(2), ipv6);
        TransportAddress destination = address(parts.group(3), ipv6);
        int port = Integer.parseInt(parts.group(4));
        int destinationPort = Integer.parseInt(parts.group(5));
        return source == null
                        || destination == null
                        || port > PORT_MAX
                        || destinationPort > PORT_MAX
                ? null
                : source.withPort(port);
    }

    private static @Nullable TransportAddress address(String text, boolean ipv6) {
        return (text.indexOf(':') >= 0) == ipv6 ? IpLiteral.parse(text) : null;
    }
}
