package org.turnd.server.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.turnd.stun.OpaqueString;
import org.turnd.stun.TransportAddress;

/// The kinds of values there are.
final class ValueTypes {
    /// Switches something off, or leaves it out.
    static final String NONE = "none";

    /// Lets the server find out.
    static final String AUTO = "auto";

    private static final Pattern WITH_UNIT = Pattern.compile("\\d+(\\.\\d+)?\\s*[A-Za-z]+");
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
    private static final Pattern SERVER_NAME = Pattern.compile("[!-~]{1,127}");
    private static final int REALM_CHARACTERS_MAX = 127;
    private static final int SOFTWARE_CHARACTERS_MAX = 127;

    private record Type<T>(String expected, Parser<T> parser) implements ValueType<T> {
        @Override
        public T parse(String text) throws Mismatch {
            return parser.parse(text);
        }
    }

    private interface Parser<T> {
        T parse(String text) throws ValueType.Mismatch;
    }

    private ValueTypes() {}

    static ValueType<Integer> integer(int min, int max) {
        String expected = "a whole number from " + min + " to " + max;
        return new Type<>(
                expected,
                text -> {
                    if (!INTEGER.matcher(text).matches()) {
                        throw new ValueType.Mismatch("write digits only");
                    }
                    long number = Long.parseLong(text);
                    if (number < min || number > max) {
                        throw new ValueType.Mismatch(
                                nearestBound(number < min, "" + min, "" + max));
                    }
                    return (int) number;
                });
    }

    static ValueType<Duration> duration(Duration min, Duration max) {
        String expected =
                "a duration from %s to %s, with its unit (us, ms, s, m, h)"
                        .formatted(text(min), text(max));
        return new Type<>(
                expected,
                text -> {
                    if (!WITH_UNIT.matcher(text).matches()) {
                        throw new ValueType.Mismatch("add a unit, as in " + text(min));
                    }
                    Duration duration = library(text, one -> one.getDuration("value"));
                    if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                        throw new ValueType.Mismatch(
                                nearestBound(duration.compareTo(min) < 0, text(min), text(max)));
                    }
                    return duration;
                });
    }

    static ValueType<Integer> size(int minBytes, int maxBytes) {
        String expected =
                "a size from %s to %s, with its unit (B, KiB, MiB)"
                        .formatted(sizeText(minBytes), sizeText(maxBytes));
        return new Type<>(
                expected,
                text -> {
                    if (!WITH_UNIT.matcher(text).matches()) {
                        throw new ValueType.Mismatch("add a unit, as in " + sizeText(minBytes));
                    }
                    long bytes = library(text, one -> one.getBytes("value"));
                    if (bytes < minBytes || bytes > maxBytes) {
                        throw new ValueType.Mismatch(
                                nearestBound(
                                        bytes < minBytes, sizeText(minBytes), sizeText(maxBytes)));
                    }
                    return (int) bytes;
                });
    }

    static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        String words =
                Arrays.stream(type.getEnumConstants())
                        .map(ValueTypes::word)
                        .collect(Collectors.joining(", "));
        return new Type<>(
                "one of " + words,
                text -> {
                    for (E constant : type.getEnumConstants()) {
                        if (word(constant).equals(text)) {
                            return constant;
                        }
                    }
                    throw new ValueType.Mismatch("choose one of " + words);
                });
    }

    /// A value, or a word that stands for none.
    static <T> ValueType<Optional<T>> orWord(String word, ValueType<T> type) {
        return new Type<>(
                word + ", or " + type.expected(),
                text -> text.equals(word) ? Optional.empty() : Optional.of(type.parse(text)));
    }

    /// An IP address with a port.
    static ValueType<TransportAddress> socketAddress() {
        return new Type<>(
                "an IP address and a port, as in 192.0.2.1:3478 or [2001:db8::1]:3478",
                text -> {
                    TransportAddress address = IpLiteral.parseWithPort(text);
                    if (address == null) {
                        throw new ValueType.Mismatch(
                                "write an IP address, not a name; IPv6 in brackets; a port up to"
                                        + " 65535");
                    }
                    return address;
                });
    }

    /// One particular IP address.
    static ValueType<TransportAddress> ipAddress() {
        return new Type<>(
                "an IP address, as in 192.0.2.1 or 2001:db8::1",
                text -> {
                    TransportAddress address = IpLiteral.parse(text);
                    if (address == null || address.toInetAddress().isAnyLocalAddress()) {
                        throw new ValueType.Mismatch(
                                "write one address without a port, not a name or a wildcard");
                    }
                    return address;
                });
    }

    /// One particular IP address of a family.
    static ValueType<TransportAddress> ipAddress(boolean ipv4) {
        String family = ipv4 ? "an IPv4" : "an IPv6";
        String example = ipv4 ? "192.0.2.1" : "2001:db8::1";
        return new Type<>(
                family + " address, as in " + example,
                text -> {
                    TransportAddress address = IpLiteral.parse(text);
                    if (address == null || address.isIpv4() != ipv4) {
                        throw new ValueType.Mismatch("write " + family + " address without a port");
                    }
                    if (address.toInetAddress().isAnyLocalAddress()) {
                        throw new ValueType.Mismatch(
                                "peers must be told one address: name it instead of the wildcard");
                    }
                    return address;
                });
    }

    static ValueType<CidrBlock> addressBlock() {
        return new Type<>(
                "an IP address or a block of them, as in 192.0.2.1 or 10.0.0.0/8",
                text -> {
                    try {
                        return CidrBlock.parse(text);
                    } catch (IllegalArgumentException e) {
                        throw new ValueType.Mismatch(String.valueOf(e.getMessage()));
                    }
                });
    }

    static ValueType<Path> path() {
        return new Type<>("the path of a readable file", Path::of);
    }

    // D-04 (RFC 8489 §14.9)
    static ValueType<String> realm() {
        return new Type<>(
                "1 to 127 characters without quotes and control characters",
                text -> {
                    String prepared = OpaqueString.prepare(text);
                    if (prepared == null
                            || prepared.length() > REALM_CHARACTERS_MAX
                            || prepared.indexOf('"') >= 0
                            || prepared.indexOf('\\') >= 0) {
                        throw new ValueType.Mismatch("a domain name of yours is a good realm");
                    }
                    return prepared;
                });
    }

    // RFC 7635 §6.1 leaves the form open. ASCII, so that a challenge fits into a datagram.
    static ValueType<String> serverName() {
        return new Type<>(
                "1 to 127 printable ASCII characters, as in turn.example.org",
                text -> {
                    if (!SERVER_NAME.matcher(text).matches()) {
                        throw new ValueType.Mismatch("a domain name of yours is a good one");
                    }
                    return text;
                });
    }

    static ValueType<String> software() {
        return new Type<>(
                "1 to 127 characters",
                text -> {
                    if (text.isEmpty() || text.length() > SOFTWARE_CHARACTERS_MAX) {
                        throw new ValueType.Mismatch("shorten it, or remove the key");
                    }
                    return text;
                });
    }

    static ValueType<Character> separator() {
        return new Type<>(
                "one character that is no digit",
                text -> {
                    if (text.length() != 1 || Character.isDigit(text.charAt(0))) {
                        throw new ValueType.Mismatch("remove the key for the usual colon");
                    }
                    return text.charAt(0);
                });
    }

    static ValueType<ServerSettings.Secret> sharedSecret() {
        return new Type<>(
                "a random text of at least %d characters"
                        .formatted(SecretStrength.SECRET_CHARACTERS_MIN),
                text -> {
                    if (SecretStrength.weaknessOfSecret(text) != null) {
                        throw new ValueType.Mismatch(
                                "make one with `turnd init` or `openssl rand -hex 32`");
                    }
                    return new ServerSettings.Secret(text);
                });
    }

    static ValueType<ServerSettings.Secret> anySecret() {
        return new Type<>("a text", ServerSettings.Secret::new);
    }

    /// What a reader of its own reads, [UsersReader] for example; this tells only what it looks
    /// like.
    static ValueType<String> described(String expected) {
        return new Type<>(expected, text -> text);
    }

    /// The shortest text of a duration: `10m`.
    static String text(Duration duration) {
        long micros = duration.toNanos() / 1_000;
        Map<Long, String> units =
                Map.of(3_600_000_000L, "h", 60_000_000L, "m", 1_000_000L, "s", 1_000L, "ms");
        return units.keySet().stream()
                .sorted((a, b) -> Long.compare(b, a))
                .filter(unit -> micros >= unit && micros % unit == 0)
                .findFirst()
                .map(unit -> micros / unit + units.get(unit))
                .orElse(micros == 0 ? "0s" : micros + "us");
    }

    private static String sizeText(int bytes) {
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String nearestBound(boolean below, String min, String max) {
        return below ? "use " + min + " or more" : "use " + max + " or less";
    }

    private static <T> T library(String text, Function<com.typesafe.config.Config, T> reader)
            throws ValueType.Mismatch {
        try {
            return reader.apply(ConfigFactory.parseMap(Map.of("value", text)));
        } catch (ConfigException e) {
            throw new ValueType.Mismatch("there is no such unit");
        }
    }
}
