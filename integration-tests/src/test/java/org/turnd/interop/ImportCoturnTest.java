package org.turnd.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.cli.ExitCode;
import org.turnd.cli.Turnd;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.Endpoint;

/// What worked with coturn works with turnd: a file of coturn's, first served by coturn itself,
/// then translated and served by turnd, to the same clients with the same credentials.
@Timeout(90)
class ImportCoturnTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String SECRET = "b7Rk2mQ9xT4vW8zN1cY6pL3sD5gH0jFa";
    private static final int MESSAGES = 2;

    /// Settings as the manuals of these programs have them for coturn.
    enum Setup {
        JITSI(
                """
                use-auth-secret
                keep-address-family
                static-auth-secret=SECRET
                realm=jitsi.example.org
                cert=CERT
                pkey=KEY
                no-multicast-peers
                no-cli
                no-tcp-relay
                no-tcp
                tls-listening-port=TLS-PORT
                no-tlsv1
                no-tlsv1_1
                cipher-list=ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384
                denied-peer-ip=0.0.0.0-0.255.255.255
                denied-peer-ip=10.0.0.0-10.255.255.255
                denied-peer-ip=127.0.0.0-127.255.255.255
                denied-peer-ip=172.16.0.0-172.31.255.255
                denied-peer-ip=192.168.0.0-192.168.255.255
                """,
                "UDP TLS",
                "-W SECRET -u focus"),
        NEXTCLOUD_TALK(
                """
                fingerprint
                use-auth-secret
                static-auth-secret="SECRET"
                realm=cloud.example.org
                total-quota=0
                bps-capacity=0
                stale-nonce
                no-multicast-peers
                no-tls
                no-dtls
                """,
                "UDP TCP",
                "-W SECRET -u talk"),
        SYNAPSE(
                """
                use-auth-secret
                static-auth-secret=SECRET
                realm=turn.matrix.example.org
                no-tcp-relay
                denied-peer-ip=10.0.0.0-10.255.255.255
                denied-peer-ip=192.168.0.0-192.168.255.255
                denied-peer-ip=172.16.0.0-172.31.255.255
                denied-peer-ip=64:ff9b::-64:ff9b::ffff:ffff
                denied-peer-ip=fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
                allowed-peer-ip=10.0.0.1
                user-quota=12
                total-quota=1200
                cert=CERT
                pkey=KEY
                tls-listening-port=TLS-PORT
                """,
                "TLS",
                "-W SECRET -u @alice:example.org"),
        USERS(
                """
                lt-cred-mech
                realm north.gov
                user=alice:kM4vT7xQ2nLp9sWd
                # turnadmin -k -u gorst -r north.gov -p r8Yw2Lk5Zq9Tc3Xv
                user=gorst:0x73c8b3b5ea1d1c7df4bfbd8f9b0f4c4f
                verbose
                simple-log
                """,
                "UDP",
                "-u alice -w kM4vT7xQ2nLp9sWd");

        private final String file;
        private final String carriers;
        private final String user;

        Setup(String file, String carriers, String user) {
            this.file = file;
            this.carriers = carriers;
            this.user = user;
        }
    }

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void clientsOfCoturnAreServed(Setup setup) throws IOException {
        var port = RunningServer.freePort(LOOPBACK);
        var tlsPort = RunningServer.freePort(LOOPBACK);
        var certificate = new CertificateAuthority(directory).issue("127.0.0.1");
        var coturn = directory.resolve("turnserver.conf");
        Files.writeString(
                coturn,
                setup.file
                                .replace("TLS-PORT", "" + tlsPort)
                                .replace("SECRET", SECRET)
                                .replace("CERT", certificate.chain().toString())
                                .replace("KEY", certificate.key().toString())
                        + "listening-port=%d\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\n"
                                .formatted(port));

        try (var server = ServerProcess.start(coturn(coturn), line -> line.contains("SQLite DB"))) {
            clientsAreServed(setup, port, tlsPort, server);
        }
        try (var server = ServerProcess.start(turnd(coturn), line -> line.contains(" ready"))) {
            clientsAreServed(setup, port, tlsPort, server);
        }
    }

    private static void clientsAreServed(Setup setup, int port, int tlsPort, ServerProcess server) {
        for (var name : setup.carriers.split(" ", -1)) {
            var carrier = Carrier.valueOf(name);
            var isTls = carrier == Carrier.TLS;
            var endpoint = Endpoint.of(carrier, LOOPBACK, isTls ? tlsPort : port);
            var arguments =
                    new ArrayList<>(List.of(setup.user.replace("SECRET", SECRET).split(" ", -1)));
            arguments.addAll(List.of("-y", "-c", "-s", "-z", "5", "-n", "" + MESSAGES));
            var run = Uclient.run(endpoint, arguments);
            assertTrue(
                    run.sent() >= MESSAGES,
                    () -> carrier + "\n" + run.output() + "\n" + server.log());
            assertEquals(run.sent(), run.received(), run::output);
        }
    }

    /// Peers on loopback are what a test on one machine needs and no file of an operator has.
    private ProcessBuilder coturn(Path file) {
        return new ProcessBuilder(
                "turnserver",
                "-c",
                file.toString(),
                "--log-file=stdout",
                "--no-cli",
                "--cli-password=unused",
                "--allow-loopback-peers",
                "--allowed-peer-ip=127.0.0.1",
                "--pidfile=" + directory.resolve("coturn.pid"),
                "--userdb=" + directory.resolve("coturn.db"));
    }

    private ProcessBuilder turnd(Path coturn) throws IOException {
        var file = directory.resolve("turnd.conf");
        var said = new StringWriter();
        var code =
                Turnd.commandLine()
                        .setErr(new PrintWriter(said, true))
                        .execute("import-coturn", coturn.toString(), "-o", file.toString());
        assertTrue(code == ExitCode.OK || code == ExitCode.INCOMPLETE, said::toString);
        Files.writeString(
                file,
                """

                peers.allow = ${?peers.allow} ["127.0.0.1"]
                http.address = none
                log.format = text
                """,
                StandardOpenOption.APPEND);
        return new ProcessBuilder(RunningServer.turnd(file));
    }
}
