package org.turnd.cli.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.dev.DevState;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.ConfigLoader;
import org.turnd.server.config.ConfigProblem;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.TransportAddress;
import picocli.CommandLine.Option;

/// Which running server a command asks, and the form of what it prints.
final class AdminTarget {
    static final Path DEFAULT_SOCKET = Path.of("/run/turnd/admin.sock");

    private static final Path DEFAULT_FILE = Path.of("/etc/turnd/turnd.conf");
    private static final String SOCKET_PREFIX = "unix:";

    @Option(
            names = "--admin",
            paramLabel = "WHERE",
            description = {
                "Where the admin API listens: unix:/PATH or ADDRESS:PORT. Default: TURND_ADMIN,",
                "or what the configuration says, or unix:/run/turnd/admin.sock.",
                "At an address TURND_ADMIN_TOKEN or TURND_ADMIN_TOKEN_FILE holds the token."
            })
    private @Nullable String where;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration of the server. Default: /etc/turnd/turnd.conf")
    private @Nullable Path file;

    @Option(names = "--dev", description = "The server of turnd run --dev.")
    private boolean isDev;

    @Option(names = "--json", description = "Prints what the server says, as JSON.")
    boolean isJson;

    /// Finds the server; it may not run.
    ///
    /// @throws IOException when nothing says where it is
    AdminClient client() throws IOException {
        return client(System.getenv());
    }

    AdminClient client(Map<String, String> environment) throws IOException {
        if (where != null) {
            return parse(where, environment);
        }
        if (isDev) {
            return AdminClient.unix(DevState.of(environment).adminSocket());
        }
        String named = environment.get("TURND_ADMIN");
        if (file == null && named != null && !named.isEmpty()) {
            return parse(named, environment);
        }
        if (file == null && (Files.exists(DEFAULT_SOCKET) || !Files.isReadable(DEFAULT_FILE))) {
            return AdminClient.unix(DEFAULT_SOCKET);
        }
        return configured(file == null ? DEFAULT_FILE : file);
    }

    private static AdminClient configured(Path file) throws IOException {
        return switch (ConfigLoader.load(file)) {
            case ConfigResult.Loaded loaded -> configured(file, loaded.settings().admin());
            case ConfigResult.Refused(List<ConfigProblem> problems) ->
                    throw new IOException(
                            problems.getFirst() + "\nturnd: name the server with --admin instead");
        };
    }

    private static AdminClient configured(Path file, @Nullable AdminSettings admin)
            throws IOException {
        if (admin == null) {
            throw new IOException(file + " has no admin.listen, so the server has no admin API");
        }
        Path socket = admin.socket();
        if (socket != null) {
            return AdminClient.unix(socket);
        }
        Secret token = admin.token();
        TransportAddress address = admin.addresses().getFirst();
        return AdminClient.tcp(address.toInetSocketAddress(), token == null ? null : token.value());
    }

    private static AdminClient parse(String where, Map<String, String> environment)
            throws IOException {
        if (where.startsWith(SOCKET_PREFIX)) {
            return AdminClient.unix(Path.of(where.substring(SOCKET_PREFIX.length())));
        }
        String authority = where.replaceFirst("^http://", "").replaceFirst("/$", "");
        int colon = authority.lastIndexOf(':');
        if (colon < 1 || !authority.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IOException("--admin: expected unix:/PATH or ADDRESS:PORT; found " + where);
        }
        InetAddress host =
                InetAddress.getByName(authority.substring(0, colon).replaceAll("[\\[\\]]", ""));
        if (!host.isLoopbackAddress()) {
            throw new IOException(
                    "--admin: the token would go over the network in the clear; use an SSH tunnel");
        }
        return AdminClient.tcp(
                new InetSocketAddress(host, Integer.parseInt(authority.substring(colon + 1))),
                token(environment));
    }

    private static @Nullable String token(Map<String, String> environment) throws IOException {
        String token = environment.get("TURND_ADMIN_TOKEN");
        String tokenFile = environment.get("TURND_ADMIN_TOKEN_FILE");
        return token == null && tokenFile != null
                ? Files.readString(Path.of(tokenFile)).strip()
                : token;
    }
}
