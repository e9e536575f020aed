package org.turnd.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.TransportAddress;

/// The keys of the admin API, `admin.*`. [Schema] lists them among all others.
final class AdminSchema {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    static final Setting<Place> LISTEN =
            Setting.list(
                    "admin.listen",
                    new PlaceType(),
                    null,
                    "Where the admin API listens: the path of a Unix socket, as"
                            + " `unix:/run/turnd/admin.sock`, loopback addresses, or both. Without"
                            + " it there is no admin API. Only the server's own user and root reach"
                            + " the socket, and need no token. The API has no TLS: to reach it from"
                            + " elsewhere, put a TLS proxy or an SSH tunnel in front.");
    static final Setting<Secret> TOKEN =
            Setting.unset(
                            "admin.token",
                            ValueTypes.sharedSecret(),
                            "What operators show at an address of `admin.listen`, as"
                                    + " `Authorization: Bearer TOKEN`. Who knows it can do all that"
                                    + " the admin API can. `openssl rand -hex 32` makes one.")
                    .secret();
    static final Setting<Secret> APPLICATION_TOKENS =
            Setting.list(
                            "admin.application-tokens",
                            ValueTypes.sharedSecret(),
                            null,
                            "What an application shows to get time-limited credentials for its"
                                    + " users, at `/v1/credentials` and nowhere else; one for each"
                                    + " application. The first `auth.secret` makes the credentials.")
                    .secret();
    static final Setting<String> CORS_ORIGINS =
            Setting.list(
                    "admin.cors-origins",
                    new OriginType(),
                    null,
                    "Origins of web pages, as `https://app.example.org`, that may ask for"
                            + " credentials out of a browser. Requests of other pages are refused.");
    static final Setting<String> HOSTS =
            Setting.list(
                    "admin.hosts",
                    new HostType(),
                    null,
                    "Names under which a proxy passes requests on to the admin API. Requests for a"
                            + " name that is neither one of these nor `localhost` nor an address of"
                            + " `admin.listen` are refused, because a page of somebody else's may"
                            + " have sent them (DNS rebinding).");
    static final Setting<String> ICE_URLS =
            Setting.list(
                    "admin.ice-urls",
                    new IceUrlType(),
                    null,
                    "The URIs that come with credentials, such as"
                            + " `\"turns:turn.example.org:443?transport=tcp\"`. Without it, one for"
                            + " each listener, at the address that peers see.");
    static final Setting<Duration> CREDENTIALS_TTL =
            Setting.of(
                    "admin.credentials-ttl",
                    ValueTypes.duration(MINUTE, Duration.ofDays(366)),
                    "12h",
                    "How long credentials are good where the application doesn't say.");
    static final Setting<Duration> CREDENTIALS_TTL_MAX =
            Setting.of(
                    "admin.credentials-ttl-max",
                    ValueTypes.duration(MINUTE, Duration.ofDays(366)),
                    "24h",
                    "How long credentials are good at most, whatever the application says.");
    static final Setting<Integer> CREDENTIALS_PER_MINUTE =
            Setting.of(
                    "admin.credentials-per-minute",
                    ValueTypes.integer(1, 1_000_000),
                    String.valueOf(AdminSettings.PER_MINUTE),
                    "How many credentials one application gets in a minute.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    LISTEN,
                    TOKEN,
                    APPLICATION_TOKENS,
                    CORS_ORIGINS,
                    HOSTS,
                    ICE_URLS,
                    CREDENTIALS_TTL,
                    CREDENTIALS_TTL_MAX,
                    CREDENTIALS_PER_MINUTE);

    private AdminSchema() {}

    /// An address or a path; the other is null.
    record Place(@Nullable TransportAddress address, @Nullable Path socket) {}

    private record PlaceType() implements ValueType<Place> {
        private static final String PREFIX = "unix:";

        @Override
        public String expected() {
            return "a loopback address with a port, as in 127.0.0.1:9642, or unix: and an absolute"
                    + " path";
        }

        @Override
        public Place parse(String text) throws Mismatch {
            if (text.startsWith(PREFIX)) {
                return new Place(null, path(text.substring(PREFIX.length())));
            }
            TransportAddress address = IpLiteral.parseWithPort(text);
            if (address == null) {
                throw new Mismatch(
                        "write 127.0.0.1:9642, [::1]:9642 or unix:/run/turnd/admin.sock");
            }
            if (!address.toInetAddress().isLoopbackAddress()) {
                throw new Mismatch(
                        "the admin API has no TLS: let it listen on 127.0.0.1 or [::1], and put a"
                                + " TLS proxy in front");
            }
            return new Place(address, null);
        }

        private static Path path(String text) throws Mismatch {
            try {
                Path path = Path.of(text);
                if (path.isAbsolute() && path.getFileName() != null && AdminSettings.fits(path)) {
                    return path;
                }
            } catch (InvalidPathException e) {
                throw new Mismatch("write an absolute path: " + e.getReason());
            }
            throw new Mismatch(
                    "write an absolute path of at most "
                            + AdminSettings.SOCKET_PATH_BYTES_MAX
                            + " bytes");
        }
    }

    private record OriginType() implements ValueType<String> {
        @Override
        public String expected() {
            return "the origin of web pages, as in https://app.example.org";
        }

        @Override
        public String parse(String text) throws Mismatch {
            try {
                URI uri = new URI(text);
                boolean isWeb = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
                String origin = uri.getScheme() + "://" + uri.getRawAuthority();
                if (isWeb && uri.getHost() != null && origin.equals(text)) {
                    return text.toLowerCase(Locale.ROOT);
                }
            } catch (URISyntaxException e) {
                throw new Mismatch("write scheme, host and port only: " + e.getReason());
            }
            throw new Mismatch("write scheme, host and port, nothing else; there is no *");
        }
    }

    private record HostType() implements ValueType<String> {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251})");

        @Override
        public String expected() {
            return "a host name, as in turn-admin.example.org";
        }

        @Override
        public String parse(String text) throws Mismatch {
            if (!NAME.matcher(text).matches()) {
                throw new Mismatch("write the name alone, without a port");
            }
            return text.toLowerCase(Locale.ROOT);
        }
    }

    private record IceUrlType() implements ValueType<String> {
        private static final Pattern URL = Pattern.compile("turns?:[!-~&&[^\"\\\\,]]{1,250}");

        @Override
        public String expected() {
            return "a turn: or turns: URI, as in turn:turn.example.org:3478?transport=udp";
        }

        @Override
        public String parse(String text) throws Mismatch {
            if (!URL.matcher(text).matches()) {
                throw new Mismatch("begin with turn: or turns:");
            }
            return text;
        }
    }
}
