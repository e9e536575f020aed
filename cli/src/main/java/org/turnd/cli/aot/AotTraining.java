package org.turnd.cli.aot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.turnd.cli.Turnd;
import org.turnd.server.net.SelfSignedCertificate;

/// What the build lets a server live through once, so that the JVM writes down the classes and the
/// profiles of its start and of its first packets (JEP 483, 514, 515) in the cache that the
/// launcher uses: a start from a configuration, and clients over UDP and TLS on loopback.
///
/// The clients are processes of their own: the cache is the server's.
public final class AotTraining {
    private static final Duration START_MAX = Duration.ofSeconds(20);
    private static final Duration CLIENT_MAX = Duration.ofSeconds(60);
    private static final String USER = "training";
    private static final String PASSWORD = "nobody-else-is-on-loopback";

    private final Path directory;
    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final Path chain;
    private final int port;

    private AotTraining(Path directory) throws IOException {
        this.directory = directory;
        chain = directory.resolve("chain.pem");
        port = freePort();
    }

    private int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, loopback)) {
            return free.getLocalPort();
        }
    }

    /// Runs the training and ends the process: with 0, or with 1 and a word about what failed.
    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("turnd-aot");
        int exitCode = 1;
        try {
            new AotTraining(directory).run();
            exitCode = 0;
        } catch (Exception e) {
            System.err.println("turnd starts without an AOT cache: " + e.getMessage());
        } finally {
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
        System.exit(exitCode);
    }

    private void run() throws Exception {
        Path configuration = writeConfiguration();
        Thread.ofPlatform()
                .daemon()
                .start(() -> Turnd.main(new String[] {"run", "-c", configuration.toString()}));
        waitForServer();
        String udp = "turn:%s:%d".formatted(loopback.getHostAddress(), port);
        String tls = "turns:%s:%d?transport=tcp".formatted(loopback.getHostAddress(), port);
        client(udp, "--allocations", "20", "--direction", "both", "--rate", "20000");
        client(udp, "--allocations", "8", "--allocate-rate");
        // Twice, so that the profile knows what new connections bring as well as what goes on.
        client(tls, "--allocations", "20", "--direction", "both", "--rate", "10000");
        client(tls, "--allocations", "20", "--direction", "both", "--rate", "10000");
    }

    private Path writeConfiguration() throws IOException {
        Path key = directory.resolve("key.pem");
        SelfSignedCertificate.write(
                chain, key, List.of(loopback), List.of("localhost"), Duration.ofDays(1));
        String address = loopback.getHostAddress();
        return Files.writeString(
                directory.resolve("turnd.conf"),
                """
                realm = training
                listeners { udp = "%1$s:%2$d", tcp = "%1$s:%2$d" }
                relay { ipv4 = "%1$s", min-port = %3$d, max-port = %4$d }
                auth.users = [{ name = %5$s, password = "%6$s" }]
                peers.allow = ["%1$s"]
                tls { certificate = "%7$s", key = "%8$s" }
                http.address = "%1$s:%9$d"
                data-plane = native
                """
                        .formatted(
                                address,
                                port,
                                port < 32_768 ? 40_000 : 10_000,
                                port < 32_768 ? 50_000 : 20_000,
                                USER,
                                PASSWORD,
                                chain,
                                key,
                                freePort()));
    }

    private void waitForServer() throws Exception {
        long end = System.nanoTime() + START_MAX.toNanos();
        attempt(
                () -> {
                    try (var socket = new Socket()) {
                        socket.connect(new InetSocketAddress(loopback, port));
                        return null;
                    }
                },
                end);
    }

    private static void attempt(Callable<?> action, long endNanos) throws Exception {
        while (true) {
            try {
                action.call();
                return;
            } catch (IOException e) {
                if (System.nanoTime() > endNanos) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private void client(String url, String... load) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElse("java");
        var command =
                new ArrayList<String>(
                        List.of(
                                java,
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Turnd.class.getName(),
                                "bench",
                                url,
                                "--username=" + USER,
                                "--credential=" + PASSWORD,
                                "--ca=" + chain,
                                "--seconds=1",
                                "--warmup=0.5"));
        command.addAll(List.of(load));
        Path output = directory.resolve("client.log");
        Process client =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        if (!client.waitFor(CLIENT_MAX.toSeconds(), TimeUnit.SECONDS)) {
            client.destroyForcibly();
            throw new IOException("a client did not end: " + url);
        }
        if (client.exitValue() != 0) {
            throw new IOException(
                    "a client failed: %s%n%s".formatted(url, Files.readString(output)));
        }
    }
}
