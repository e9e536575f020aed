package org.turnd.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.peers.server.ServerKind;
import org.turnd.stun.TransportAddress;

/// A TURN server as a process of its own on one address, with one user, for UDP, TCP and TLS: turnd
/// as an operator starts it, or Debian's coturn.
public final class RunningServer implements AutoCloseable {
    /// The only user.
    public static final LongTermCredential USER =
            new LongTermCredential("alice", "kM4vT7xQ2nLp9sWd");

    /// What turnd makes time-limited credentials of, besides that user.
    public static final String SECRET = "b7Rk2mQ9xT4vW8zN1cY6pL3sD5gH0jFa";

    private static final int FIRST_RELAY_PORT = 49_152;
    private static final int PORT_ATTEMPTS = 100;

    private final ServerProcess process;
    private final InetAddress address;
    private final int port;
    private final int tlsPort;

    private RunningServer(ServerProcess process, InetAddress address, int port, int tlsPort) {
        this.process = process;
        this.address = address;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    /// Starts a server on loopback which lets peers on loopback be reached. It relays IPv4 and
    /// IPv6.
    ///
    /// @param directory for its files
    /// @param address `127.0.0.1` or `::1`
    /// @param certificate for TLS
    /// @return the running server, to be closed
    public static RunningServer onLoopback(
            ServerKind kind,
            Path directory,
            String address,
            CertificateAuthority.ServerCertificate certificate) {
        return onLoopback(kind, directory, address, certificate, List.of());
    }

    /// Starts a server on loopback with more than the usual.
    ///
    /// @param more lines for turnd's configuration, or options for coturn
    /// @return the running server, to be closed
    public static RunningServer onLoopback(
            ServerKind kind,
            Path directory,
            String address,
            CertificateAuthority.ServerCertificate certificate,
            List<String> more) {
        return start(kind, directory, address, certificate, UnaryOperator.identity(), more);
    }

    /// Starts a server and waits until it answers.
    ///
    /// @param directory for its files
    /// @param address where it listens and relays
    /// @param certificate for TLS
    /// @param wrapper makes the command one that runs elsewhere, in a network namespace for example
    /// @return the running server, to be closed
    public static RunningServer start(
            ServerKind kind,
            Path directory,
            String address,
            CertificateAuthority.ServerCertificate certificate,
            UnaryOperator<List<String>> wrapper) {
        return start(kind, directory, address, certificate, wrapper, List.of());
    }

    /// Starts a server with more than the usual, and waits until it answers.
    ///
    /// @param wrapper makes the command one that runs elsewhere
    /// @param more lines for turnd's configuration, or options for coturn
    /// @return the running server, to be closed
    public static RunningServer start(
            ServerKind kind,
            Path directory,
            String address,
            CertificateAuthority.ServerCertificate certificate,
            UnaryOperator<List<String>> wrapper,
            List<String> more) {
        var inet = InetAddress.ofLiteral(address);
        int port = freePort(inet, 3478);
        int tlsPort = freePort(inet, 5349);
        var own = newDirectory(directory);
        var process =
                switch (kind) {
                    case COTURN ->
                            ServerProcess.start(
                                    new ProcessBuilder(
                                            wrapper.apply(
                                                    coturn(
                                                            own,
                                                            inet,
                                                            port,
                                                            tlsPort,
                                                            certificate,
                                                            more))),
                                    line -> line.contains("SQLite DB connection success"));
                    case TURND, TURND_PORTABLE ->
                            ServerProcess.start(
                                    new ProcessBuilder(
                                            wrapper.apply(
                                                    turnd(
                                                            kind,
                                                            own,
                                                            inet,
                                                            port,
                                                            tlsPort,
                                                            certificate,
                                                            more))),
                                    line -> line.contains(" ready"));
                };
        return new RunningServer(process, inet, port, tlsPort);
    }

    /// On loopback there is always the other family as well.
    private static List<String> relays(InetAddress address) {
        return address.isLoopbackAddress()
                ? List.of("127.0.0.1", "::1")
                : List.of(TransportAddress.of(address, 0).host());
    }

    private static List<String> coturn(
            Path directory,
            InetAddress address,
            int port,
            int tlsPort,
            CertificateAuthority.ServerCertificate certificate,
            List<String> more) {
        var command = new ArrayList<String>();
        command.addAll(
                List.of(
                        "turnserver",
                        "-n",
                        "--no-cli",
                        "--simple-log",
                        "--log-file=stdout",
                        "--listening-ip=" + address.getHostAddress(),
                        "--listening-port=" + port,
                        "--tls-listening-port=" + tlsPort,
                        "--realm=turnd.test",
                        "--lt-cred-mech",
                        "--user=" + USER.username() + ":" + USER.password(),
                        "--allow-loopback-peers",
                        "--cert=" + certificate.chain(),
                        "--pkey=" + certificate.key(),
                        "--pidfile=" + directory.resolve("coturn.pid"),
                        "--userdb=" + directory.resolve("coturn.db")));
        relays(address).forEach(relay -> command.add("--relay-ip=" + relay));
        command.addAll(more);
        return command;
    }

    private static List<String> turnd(
            ServerKind kind,
            Path directory,
            InetAddress address,
            int port,
            int tlsPort,
            CertificateAuthority.ServerCertificate certificate,
            List<String> more) {
        var relay =
                relays(address).stream()
                        .map(host -> (host.contains(":") ? "ipv6" : "ipv4") + " = \"" + host + "\"")
                        .collect(Collectors.joining(", "));
        var file = directory.resolve("turnd.conf");
        var configuration =
                """
                realm = turnd.test
                listeners { udp = "%1$s", tcp = "%1$s", tls = "%2$s", dtls = "%2$s" }
                relay { %3$s }
                auth.secret = "%4$s"
                # The keys that coturn's client has built in; it signs with 16 bytes of each session key.
                oauth {
                  server-name = turnd.test
                  truncated-mac-keys = on
                  keys = [
                    { kid = north, key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEK" }
                    { kid = union, key = "MTIzNDU2Nzg5MDEyMzQ1Ngo=", algorithm = A128GCM }
                    { kid = oldempire, key = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIK" }
                  ]
                }
                auth.users = [{ name = %5$s, password = "%6$s" }]
                peers.allow = ["127.0.0.0/8", "::1"]
                # coturn's client draws channel numbers from RFC 5766's range.
                limits.channel-numbers = rfc5766
                mobility = on
                tls { certificate = "%7$s", key = "%8$s" }
                http.address = none
                drain-timeout = 1s
                log.format = text
                data-plane = %9$s
                """
                        .formatted(
                                TransportAddress.of(address, port),
                                TransportAddress.of(address, tlsPort),
                                relay,
                                SECRET,
                                USER.username(),
                                USER.password(),
                                certificate.chain(),
                                certificate.key(),
                                kind == ServerKind.TURND_PORTABLE ? "portable" : "auto");
        try {
            Files.writeString(file, configuration + String.join("\n", more));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return turnd(file);
    }

    /// Returns the command that runs turnd.
    ///
    /// @param configuration its file
    /// @return the program and its arguments
    static List<String> turnd(Path configuration) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "org.turnd.cli.Turnd",
                "run",
                "-c",
                configuration.toString());
    }

    /// Returns the `host:port` of the UDP and TCP listeners, IPv6 addresses in brackets.
    ///
    /// @return for a URL
    public String hostAndPort() {
        return endpoint(Carrier.UDP).address().toString();
    }

    /// Returns the `host:port` of the TLS listener.
    ///
    /// @return for a URL
    public String tlsHostAndPort() {
        return endpoint(Carrier.TLS).address().toString();
    }

    /// Returns where the server listens.
    ///
    /// @param carrier what to speak
    /// @return for a client
    public Endpoint endpoint(Carrier carrier) {
        return Endpoint.of(
                carrier,
                address,
                carrier == Carrier.TLS || carrier == Carrier.DTLS ? tlsPort : port);
    }

    /// Returns what the server has written.
    ///
    /// @return lines
    public String log() {
        return process.log();
    }

    @Override
    public void close() {
        process.close();
    }

    private static Path newDirectory(Path parent) {
        try {
            return Files.createDirectory(parent.resolve("server-" + UUID.randomUUID()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Other hosts' ports are all free.
    private static int freePort(InetAddress address, int elsewhere) {
        if (!address.isLoopbackAddress()) {
            return elsewhere;
        }
        return freePort(address);
    }

    /// Finds a port that is free for UDP and TCP now, and none of the relays'.
    static int freePort(InetAddress address) {
        for (var attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            try (var tcp = new ServerSocket(0, 1, address);
                    var udp = new DatagramSocket(tcp.getLocalPort(), address)) {
                if (udp.getLocalPort() < FIRST_RELAY_PORT) {
                    return udp.getLocalPort();
                }
            } catch (IOException e) {
                throw new IllegalStateException("no free port on " + address, e);
            }
        }
        throw new IllegalStateException("no free port on " + address);
    }
}
