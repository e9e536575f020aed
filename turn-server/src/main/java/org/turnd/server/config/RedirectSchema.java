package org.turnd.server.config;

import java.net.IDN;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.turnd.server.config.RedirectSettings.Occasion;
import org.turnd.server.config.RedirectSettings.Target;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.TransportAddress;

/// The keys that say where clients are sent, `redirect.*`. [Schema] lists them among all others.
final class RedirectSchema {
    static final Setting<Target> TO =
            Setting.list(
                            "redirect.to",
                            new TargetType(),
                            null,
                            "Servers that clients are told to go to with 300 (Try Alternate), as"
                                    + " `192.0.2.9:3478`, or `tcp:192.0.2.9:3478` for clients of one"
                                    + " transport. Clients are sent to a server of their own address family;"
                                    + " several share them. They need the same credentials there.")
                    .live();
    static final Setting<Occasion> WHEN =
            Setting.list(
                            "redirect.when",
                            ValueTypes.choice(Occasion.class),
                            "draining, full",
                            "What sends clients to `redirect.to`: `always`, which makes this server one that"
                                    + " only distributes; `draining`, when it is about to stop; `full`, when"
                                    + " it has no port or no room for another allocation.")
                    .live();
    static final Setting<Optional<String>> DOMAIN =
            Setting.of(
                            "redirect.domain",
                            ValueTypes.orWord(ValueTypes.NONE, new DomainType()),
                            ValueTypes.NONE,
                            "The name in the certificate of `redirect.to` where it isn't this server's. TLS"
                                    + " clients of RFC 8489 are told it; others, which wouldn't understand,"
                                    + " aren't sent there.")
                    .live();
    static final Setting<Switch> BEFORE_AUTHENTICATION =
            Setting.of(
                            "redirect.before-authentication",
                            ValueTypes.choice(Switch.class),
                            "off",
                            "Sends clients away before they show credentials. RFC 8489 §14.8 forbids it,"
                                    + " §10 allows it; such an answer isn't signed.")
                    .live();
    static final Setting<TransportAddress> ANYCAST_ADDRESSES =
            Setting.list(
                    "redirect.anycast-addresses",
                    new HostType(),
                    "192.0.0.10, 2001:1::2",
                    "Which addresses of `listeners.udp` are anycast addresses (RFC 8155), where"
                            + " `redirect.anycast-to` is set.");
    static final Setting<Target> ANYCAST_TO =
            Setting.list(
                    "redirect.anycast-to",
                    new TargetType(),
                    null,
                    "This server's own address, for clients that find it by an anycast address: they"
                            + " are sent here, without authentication, because their next packet may"
                            + " reach another server. One of each address family.");

    private RedirectSchema() {}

    private record TargetType() implements ValueType<Target> {
        @Override
        public String expected() {
            return "an IP address and a port, perhaps for one transport, as in 192.0.2.1:3478 or"
                    + " tls:[2001:db8::1]:5349";
        }

        @Override
        public Target parse(String text) throws Mismatch {
            Protocol only =
                    Arrays.stream(Protocol.values())
                            .filter(one -> text.startsWith(prefix(one)))
                            .findFirst()
                            .orElse(null);
            String address = only == null ? text : text.substring(prefix(only).length());
            TransportAddress target = ValueTypes.socketAddress().parse(address);
            if (target.port() == 0 || target.toInetAddress().isAnyLocalAddress()) {
                throw new Mismatch("name the address and port that clients can reach");
            }
            return new Target(only, target);
        }

        private static String prefix(Protocol protocol) {
            return protocol.name().toLowerCase(Locale.ROOT) + ":";
        }
    }

    private record HostType() implements ValueType<TransportAddress> {
        @Override
        public String expected() {
            return "an IP address, as in 192.0.0.10 or 2001:1::2";
        }

        @Override
        public TransportAddress parse(String text) throws Mismatch {
            TransportAddress address = IpLiteral.parse(text);
            if (address == null) {
                throw new Mismatch("write an IP address without a port, not a name");
            }
            return address;
        }
    }

    // R-03 (RFC 8489 §14.16)
    private record DomainType() implements ValueType<String> {
        private static final int BYTES_MAX = 255;

        @Override
        public String expected() {
            return "a DNS name, as in turn2.example.org";
        }

        @Override
        public String parse(String text) throws Mismatch {
            try {
                String ascii = IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES);
                if (!ascii.isEmpty() && ascii.length() <= BYTES_MAX && ascii.indexOf('.') > 0) {
                    return ascii;
                }
            } catch (IllegalArgumentException noName) {
                throw new Mismatch("letters, digits, hyphens and dots only");
            }
            throw new Mismatch("write the whole name in the certificate");
        }
    }
}
