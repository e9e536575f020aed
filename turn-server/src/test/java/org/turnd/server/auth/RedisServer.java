package org.turnd.server.auth;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;

/// A Redis server of its own, at a port of its own of loopback, that can be stopped, killed and
/// started again.
public final class RedisServer implements AutoCloseable {
    private final Path directory;
    private final int port;
    private final List<String> options;
    private Process process;

    private RedisServer(Path directory, int port, List<String> options) throws IOException {
        this.directory = directory;
        this.port = port;
        this.options = options;
        process = launch();
    }

    /// Starts one.
    ///
    /// @param directory of the test, for its log
    /// @param options beyond the port, as on the command line
    public static RedisServer start(Path directory, String... options) throws IOException {
        return new RedisServer(directory, freePort(), List.of(options));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "redis-server",
                                options.contains("--tls-port-here") ? "--tls-port" : "--port",
                                "" + port,
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--appendonly",
                                "no",
                                "--dir",
                                directory.toString()));
        options.stream().filter(one -> !one.equals("--tls-port-here")).forEach(command::add);
        // What it says later is little, and fits into the pipe.
        command.addAll(List.of("--loglevel", "notice"));
        Process launched = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader out = launched.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            if (line.contains("Ready to accept connections")) {
                return launched;
            }
        }
        throw new IOException("redis-server did not start: " + said);
    }

    public String url() {
        return (options.contains("--tls-port-here") ? "rediss" : "redis") + "://127.0.0.1:" + port;
    }

    /// A client without a password, for what the test puts in.
    public JedisPooled client() {
        return new JedisPooled(new HostAndPort("127.0.0.1", port));
    }

    /// It holds its connections and answers nothing.
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /// It answers all that it was asked meanwhile.
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + " ended with " + status);
        }
    }

    /// As `kill -9`, and what it held is gone.
    public void kill() {
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /// Starts it again at the same port, empty.
    public void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        kill();
    }
}
