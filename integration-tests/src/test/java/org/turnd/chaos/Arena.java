package org.turnd.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.peers.lab.HostCommand;
import org.turnd.stun.TransportAddress;

/// A network namespace with nothing but loopback, on which everybody has an address, and the server
/// in it. The process must have been started in that namespace.
final class Arena implements AutoCloseable {
    /// Who is where.
    static final String SERVER = "198.18.0.1";

    static final String OTHER_SERVER = "198.18.0.2";
    static final String PEER = "198.18.1.1";
    static final String ATTACKER = "198.18.66.1";

    private static final Duration QUIET_WITHIN = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /// The connection that asks for the metrics, and what the JVM opens for itself.
    private static final int FILES_OF_SCRAPING = 6;

    private final Path directory;
    private final Random random = new Random(1);
    private final Daemon server;
    private final int idleFiles;
    private Probe probe;

    Arena(Path directory) throws IOException {
        this.directory = directory;
        if (Files.readAllLines(Path.of("/proc/net/dev")).size() > 3) {
            throw new IOException("this isn't a namespace of its own: start with `unshare --net`");
        }
        ip("link", "set", "lo", "up");
        for (String host : List.of(SERVER, OTHER_SERVER, PEER, ATTACKER)) {
            ip("addr", "add", host + "/32", "dev", "lo");
        }
        server = new Daemon(Files.createDirectory(directory.resolve("server")), SERVER);
        probe = new Probe(server);
        awaitServed();
        idleFiles = server.openFiles();
    }

    static void ip(String... words) {
        run("ip", words);
    }

    static void run(String program, String... words) {
        String[] command = new String[words.length + 1];
        command[0] = program;
        System.arraycopy(words, 0, command, 1, words.length);
        HostCommand.run(List.of(command));
    }

    static TransportAddress address(String host, int port) {
        return TransportAddress.of(InetAddress.ofLiteral(host), port);
    }

    Daemon server() {
        return server;
    }

    Random random() {
        return random;
    }

    Path newDirectory(String name) throws IOException {
        return Files.createTempDirectory(directory, name);
    }

    /// A client with its own socket.
    TurnClient client(Carrier carrier) throws TurnFailure {
        return TurnClient.connect(server.endpoint(carrier), Probe.options());
    }

    /// A socket of the attacker's that talks to the server and never blocks.
    DatagramChannel attacker(int port) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.ofLiteral(ATTACKER), 0));
        channel.connect(new InetSocketAddress(InetAddress.ofLiteral(SERVER), port));
        channel.configureBlocking(false);
        return channel;
    }

    /// A connection of the attacker's.
    Socket attackerStream(int port) throws IOException {
        return new Socket(InetAddress.ofLiteral(SERVER), port, InetAddress.ofLiteral(ATTACKER), 0);
    }

    /// A peer's socket that never blocks.
    static DatagramChannel peer() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.ofLiteral(PEER), 0));
        channel.configureBlocking(false);
        return channel;
    }

    /// Runs something that no client could live through.
    void withoutProbe(Disaster disaster) throws IOException {
        probe.check();
        probe.close();
        disaster.run();
        probe = new Probe(server);
        awaitServed();
    }

    /// What nobody is served in.
    interface Disaster {
        void run() throws IOException;
    }

    /// Waits until the probe was answered once more.
    void awaitServed() {
        long served = probe.rounds();
        long deadline = System.nanoTime() + QUIET_WITHIN.toNanos();
        while (probe.rounds() <= served) {
            if (!server.isAlive()) {
                throw new IllegalStateException("the server has ended:\n" + server.log());
            }
            probe.check();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the probe isn't answered");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// Waits until nothing but the probe is left in the server, and everything is as it was.
    void awaitQuiet() throws IOException {
        awaitServed();
        long deadline = System.nanoTime() + QUIET_WITHIN.toNanos();
        String left = left();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE.toNanos());
            left = left();
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException("the server keeps " + left + "\n" + server.log());
        }
        if (server.metric("turnd_engine_faults_total") > 0 || server.log().contains("LEAK")) {
            throw new IllegalStateException("the server failed:\n" + server.log());
        }
    }

    private String left() throws IOException {
        StringBuilder left = new StringBuilder();
        add(left, "allocations", server.metric("turnd_allocations") - 1);
        add(left, "connections", server.metric("turnd_connections"));
        add(left, "DTLS sessions", server.metric("turnd_dtls_sessions"));
        add(left, "open files", server.openFiles() - idleFiles - FILES_OF_SCRAPING);
        return left.toString().strip();
    }

    private static void add(StringBuilder text, String what, double count) {
        if (count > 0) {
            text.append((long) count).append(' ').append(what).append(' ');
        }
    }

    Probe probe() {
        return probe;
    }

    @Override
    public void close() {
        probe.close();
        server.close();
    }
}
