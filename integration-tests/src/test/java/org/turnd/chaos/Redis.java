package org.turnd.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.turnd.peers.lab.Cleanup;
import org.turnd.peers.lab.HostCommand;

/// A Redis server with users in it.
final class Redis implements AutoCloseable {
    private static final String PORT = "6399";

    private final Path directory;
    private final Cleanup cleanup;
    private Process process;

    Redis(Path directory) throws IOException {
        this.directory = directory;
        process = launch();
        cleanup = new Cleanup(this::kill);
    }

    private Process launch() throws IOException {
        Process launched =
                new ProcessBuilder(
                                "redis-server",
                                "--port",
                                PORT,
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--dir",
                                directory.toString())
                        .redirectErrorStream(true)
                        .start();
        BufferedReader out = launched.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("Ready to accept connections")) {
                return launched;
            }
        }
        throw new IOException("redis-server doesn't start");
    }

    /// What a server needs to ask it.
    static String configuration() {
        return """
        auth.stores {
          redis { url = "redis://127.0.0.1:%s/0", user-key = "user/{realm}/{user}" }
          timeout = 300ms, remember-known = 1s, remember-unknown = 1s
          waiting = 16, concurrency = 4
        }
        """
                .formatted(PORT);
    }

    void add(String username, String password) {
        String key = "user/turnd.test/" + username;
        HostCommand.run(List.of("redis-cli", "-p", PORT, "hset", key, "password", password));
    }

    /// It keeps its connections and answers nothing.
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        HostCommand.run(List.of("kill", "-" + name, Long.toString(process.pid())));
    }

    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Starts it again, empty.
    void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        cleanup.close();
    }
}
