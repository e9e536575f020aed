package org.turnd.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.interop.CertificateAuthority;
import org.turnd.peers.lab.Cleanup;
import org.turnd.peers.lab.HostCommand;

/// One turnd process, and what it is made of: memory, file descriptors, metrics. Use from one
/// thread, but for [#metric].
final class Daemon implements AutoCloseable {
    static final LongTermCredential USER = new LongTermCredential("alice", "kM4vT7xQ2nLp9sWd");
    static final int PORT = 3478;
    static final int TLS_PORT = 5349;

    /// Below the ports that the system gives to clients.
    static final int FIRST_RELAY_PORT = 20_000;

    static final int RELAY_PORTS = 400;

    private static final int HTTP_PORT = 9641;
    private static final int LOG_LINES_MAX = 20;
    private static final int START_SECONDS = 60;

    private final Path directory;
    private final String host;
    private final Map<String, String> environment;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Deque<String> log = new ArrayDeque<>();
    private final Cleanup cleanup;
    private Process process;
    private CountDownLatch ready = new CountDownLatch(1);

    /// Starts it.
    ///
    /// @param host the IPv4 address where it listens and relays
    Daemon(Path directory, String host) throws IOException {
        this(directory, host, "", Map.of());
    }

    /// Starts one that is a little different.
    ///
    /// @param more for its configuration
    /// @param environment for its process, beyond this one's
    Daemon(Path directory, String host, String more, Map<String, String> environment)
            throws IOException {
        this.directory = directory;
        this.host = host;
        this.environment = environment;
        CertificateAuthority.ServerCertificate certificate =
                new CertificateAuthority(directory).issue(host);
        Files.writeString(directory.resolve("turnd.conf"), configuration(certificate) + more);
        process = start();
        cleanup = new Cleanup(this::kill);
    }

    private String configuration(CertificateAuthority.ServerCertificate certificate) {
        return """
        realm = turnd.test
        listeners {
          udp = "%1$s:%2$d", tcp = "%1$s:%2$d", tls = "%1$s:%3$d", dtls = "%1$s:%3$d"
        }
        relay {
          ipv4 = "%1$s", ipv6 = none, min-port = %4$d, max-port = %5$d, quarantine = 0s
          transports = both
        }
        auth.users = [{ name = %6$s, password = "%7$s" }]
        peers.allow = ["198.18.0.0/15"]
        tls { certificate = "%9$s", key = "%10$s" }
        limits { handshake-timeout = 2s, idle-stream-timeout = 2s, allocations-per-user = 2000 }
        mobility = on
        http.address = "%1$s:%8$d"
        log { format = text, level = info }
        shards = 2
        """
                .formatted(
                        host,
                        PORT,
                        TLS_PORT,
                        FIRST_RELAY_PORT,
                        FIRST_RELAY_PORT + RELAY_PORTS - 1,
                        USER.username(),
                        USER.password(),
                        HTTP_PORT,
                        certificate.chain(),
                        certificate.key());
    }

    private Process start() throws IOException {
        ready = new CountDownLatch(1);
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:TrimNativeHeapInterval=2000",
                        "-Xmx256m",
                        "-Dio.netty.leakDetection.level=paranoid",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.turnd.cli.Turnd",
                        "run",
                        "-c",
                        directory.resolve("turnd.conf").toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process started = builder.start();
        CountDownLatch readyNow = ready;
        Thread.ofVirtual().start(() -> read(started, readyNow));
        try {
            if (!readyNow.await(START_SECONDS, TimeUnit.SECONDS) || !started.isAlive()) {
                started.destroyForcibly();
                throw new IOException("turnd doesn't start:\n" + log());
            }
        } catch (InterruptedException e) {
            started.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return started;
    }

    private void read(Process from, CountDownLatch readyNow) {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                    if (log.size() > LOG_LINES_MAX && !line.contains("LEAK")) {
                        log.removeFirst();
                    }
                }
                if (line.contains(" ready")) {
                    readyNow.countDown();
                }
            }
        } catch (IOException e) {
            synchronized (log) {
                log.add(e.toString());
            }
        }
        readyNow.countDown();
    }

    Endpoint endpoint(Carrier carrier) {
        boolean isSecure = carrier == Carrier.TLS || carrier == Carrier.DTLS;
        return Endpoint.of(carrier, InetAddress.ofLiteral(host), isSecure ? TLS_PORT : PORT);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /// The last lines that it wrote.
    String log() {
        synchronized (log) {
            return String.join("\n", log);
        }
    }

    /// Ends it without a warning, and starts it again on the same ports.
    void crash() throws IOException {
        kill();
        process = start();
    }

    /// Sends it a signal.
    void signal(String name) {
        HostCommand.run(List.of("kill", "-" + name, Long.toString(pid())));
    }

    private void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns the sum of a metric's values, of all its labels.
    double metric(String name) throws IOException {
        List<String> lines = metrics();
        return sum(lines, name + " ") + sum(lines, name + "{");
    }

    private List<String> metrics() throws IOException {
        var uri = URI.create("http://%s:%d/metrics".formatted(host, HTTP_PORT));
        try {
            return http.send(
                            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Says what it holds, after a garbage collection.
    Footprint footprint() throws IOException {
        HostCommand.run(List.of(jcmd(), Long.toString(pid()), "GC.run"));
        List<String> lines = metrics();
        return new Footprint(
                openFiles(),
                (long) sum(lines, "jvm_memory_used_bytes{area=\"heap\"}"),
                (long) sum(lines, "jvm_buffer_pool_used_bytes{pool=\"direct\"}"),
                residentBytes());
    }

    private static String jcmd() {
        return Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    }

    private static double sum(List<String> lines, String beginning) {
        return lines.stream()
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    int openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return (int) files.count();
        }
    }

    private long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no VmRSS");
    }

    @Override
    public void close() {
        cleanup.close();
    }

    /// What a process holds.
    record Footprint(int files, long heapBytes, long directBytes, long residentBytes) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d files, heap %.1f MB, direct %.1f MB, resident %.1f MB",
                    files,
                    heapBytes / 1e6,
                    directBytes / 1e6,
                    residentBytes / 1e6);
        }
    }
}
