package org.turnd.interop;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.Endpoint;

/// Debian's coturn, an independent TURN server, started by hand with everything said on its command
/// line. The user is `alice`, the password `wonderland`, the realm `turnd.test`.
public final class Coturn implements AutoCloseable {
    /// The only user.
    public static final String USERNAME = "alice";

    /// The user's password.
    public static final String PASSWORD = "wonderland";

    private final ServerProcess process;
    private final InetAddress address;
    private final int port;
    private final int tlsPort;

    private Coturn(ServerProcess process, InetAddress address, int port, int tlsPort) {
        this.process = process;
        this.address = address;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    /// Starts coturn on free ports of an address and waits until it answers.
    ///
    /// @param directory for its database and pid file
    /// @param address where it listens and relays
    /// @param certificate for TLS
    /// @param wrapper makes the command one that runs elsewhere, in a network namespace for example
    /// @param more further options
    /// @return the running server, to be closed
    public static Coturn start(
            Path directory,
            String address,
            CertificateAuthority.ServerCertificate certificate,
            UnaryOperator<List<String>> wrapper,
            String... more) {
        int port = freePort(address);
        int tlsPort = freePort(address);
        var command =
                new ArrayList<>(
                        List.of("turnserver", "-n", "--no-cli", "--no-dtls", "--simple-log"));
        command.addAll(List.of("--log-file", "stdout", "-L", address, "-E", address));
        command.addAll(
                List.of("--listening-port", "" + port, "--tls-listening-port", "" + tlsPort));
        command.addAll(List.of("-r", "turnd.test", "-a", "-u", USERNAME + ":" + PASSWORD));
        command.addAll(List.of("--cert", certificate.chain().toString()));
        command.addAll(List.of("--pkey", certificate.key().toString()));
        command.addAll(List.of("--pidfile", directory.resolve("coturn.pid").toString()));
        command.addAll(List.of("--userdb", directory.resolve("coturn.db").toString()));
        command.addAll(List.of(more));
        var process =
                ServerProcess.start(
                        new ProcessBuilder(wrapper.apply(command)),
                        line -> line.contains("SQLite DB connection success"));
        return new Coturn(process, InetAddress.ofLiteral(address), port, tlsPort);
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
        return Endpoint.of(carrier, address, carrier == Carrier.TLS ? tlsPort : port);
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

    /// Finds a port that is free for UDP and TCP now. Addresses of other hosts have only free ones.
    private static int freePort(String address) {
        var inet = InetAddress.ofLiteral(address);
        if (!inet.isLoopbackAddress()) {
            return 3478;
        }
        try (var tcp = new ServerSocket(0, 1, inet);
                var udp = new DatagramSocket(tcp.getLocalPort(), inet)) {
            return udp.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no free port on " + address, e);
        }
    }
}
