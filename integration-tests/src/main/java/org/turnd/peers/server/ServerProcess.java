package org.turnd.peers.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.turnd.peers.lab.Cleanup;
import org.turnd.peers.lab.LaboratoryException;
import org.turnd.peers.lab.Namespace;
import org.turnd.peers.lab.ScratchDirectory;

/// What every server's process has in common: a directory for its files, its output, its life and
/// death.
final class ServerProcess {
    private static final int LOG_LINES_MAX = 400;
    private static final Duration START_WAIT = Duration.ofSeconds(30);
    private static final Duration START_PAUSE = Duration.ofMillis(20);
    private static final int STOP_WAIT_SECONDS = 5;

    private final Namespace host;
    private final ScratchDirectory directory = ScratchDirectory.create();
    private final Cleanup cleanup = new Cleanup(this::killAndDelete);
    private final ArrayDeque<String> log = new ArrayDeque<>();
    private volatile @Nullable Process process;

    ServerProcess(Namespace host) {
        this.host = host;
    }

    /// Writes a file of the server, readable by its owner only, and returns its path.
    Path write(String file, String content) {
        return directory.write(file, content);
    }

    void start(List<String> command) {
        try {
            var started =
                    host.exec(command)
                            .directory(directory.path().toFile())
                            .redirectErrorStream(true)
                            .start();
            process = started;
            Thread.ofVirtual().name("server-log").start(() -> collectLog(started));
            awaitListening(started);
        } catch (IOException e) {
            throw new LaboratoryException(
                    "cannot start " + command.getFirst() + ": is its package installed?", e);
        }
    }

    private void awaitListening(Process started) {
        var deadline = System.nanoTime() + START_WAIT.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (!started.isAlive()) {
                throw new LaboratoryException("the server has ended at once:\n" + log());
            }
            var sockets = host.run("ss", "-Hltun");
            if (listens(sockets, "udp", TurnServerSettings.PORT)
                    && listens(sockets, "tcp", TurnServerSettings.PORT)
                    && listens(sockets, "tcp", TurnServerSettings.TLS_PORT)) {
                return;
            }
            LockSupport.parkNanos(START_PAUSE.toNanos());
        }
        throw new LaboratoryException("the server does not listen:\n" + log());
    }

    private static boolean listens(String sockets, String protocol, int port) {
        return sockets.lines()
                .anyMatch(line -> line.startsWith(protocol) && line.contains(":" + port + " "));
    }

    private void collectLog(Process started) {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                    if (log.size() > LOG_LINES_MAX) {
                        log.removeFirst();
                    }
                }
            }
        } catch (IOException e) {
            synchronized (log) {
                log.add("(the log ends here: " + e.getMessage() + ")");
            }
        }
    }

    String log() {
        synchronized (log) {
            return String.join("\n", log);
        }
    }

    void stop() {
        var running = process;
        if (running != null) {
            running.destroy();
            awaitEnd(running);
        }
    }

    void kill() {
        var running = process;
        if (running != null) {
            running.destroyForcibly();
            awaitEnd(running);
        }
    }

    private void awaitEnd(Process running) {
        try {
            if (!running.waitFor(STOP_WAIT_SECONDS, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
            process = null;
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        cleanup.close();
    }

    private void killAndDelete() {
        kill();
        directory.delete();
    }
}
