package org.turnd.server.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.TransportAddress;

/// The admin API: who may reach it, and what it gives to applications.
///
/// @param addresses loopback addresses where it listens
/// @param socket a Unix domain socket where it listens, null for none
/// @param token what an operator shows at an address; null where there is none. At the socket
///   nobody is asked for it
/// @param applicationTokens what an application shows that may ask for credentials and nothing else
/// @param corsOrigins origins of the pages that may ask for credentials
/// @param hosts names under which clients may know the server, besides its addresses
/// @param iceUrls `turn:` and `turns:` URIs that credentials are given with; empty for those of the
///   listeners
/// @param credentialsTtl how long credentials are good where the application doesn't say
/// @param credentialsTtlMax how long they are good at most
/// @param credentialsPerMinute how many one application gets in a minute
public record AdminSettings(
        List<TransportAddress> addresses,
        @Nullable Path socket,
        @Nullable Secret token,
        List<Secret> applicationTokens,
        List<String> corsOrigins,
        List<String> hosts,
        List<String> iceUrls,
        Duration credentialsTtl,
        Duration credentialsTtlMax,
        int credentialsPerMinute) {
    /// How long credentials are good where nothing else is said.
    public static final Duration TTL = Duration.ofHours(12);

    /// How long they are good at most where nothing else is said.
    public static final Duration TTL_MAX = Duration.ofDays(1);

    /// How many one application gets in a minute where nothing else is said.
    public static final int PER_MINUTE = 600;

    static final int SOCKET_PATH_BYTES_MAX = 90;

    public AdminSettings {
        addresses = List.copyOf(addresses);
        applicationTokens = List.copyOf(applicationTokens);
        corsOrigins = List.copyOf(corsOrigins);
        hosts = List.copyOf(hosts);
        iceUrls = List.copyOf(iceUrls);
    }

    /// Says whether the path of a socket is short enough. The kernel's structure has 108 bytes,
    /// with a zero at the end; the socket is made under a longer name and then moved.
    public static boolean fits(Path socket) {
        return socket.toString().getBytes(StandardCharsets.UTF_8).length <= SOCKET_PATH_BYTES_MAX;
    }

    /// The API for operators of this machine alone.
    public static AdminSettings at(Path socket) {
        return new AdminSettings(
                List.of(),
                socket,
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                TTL,
                TTL_MAX,
                PER_MINUTE);
    }
}
