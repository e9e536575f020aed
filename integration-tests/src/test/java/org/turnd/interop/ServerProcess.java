package org.turnd.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A server program of another process, running from the line that says it is ready until it is
/// closed. What it writes is kept, so that a failing test can show it.
public final class ServerProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(40);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final Process process;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final CountDownLatch readyOrEnded = new CountDownLatch(1);
    private final Predicate<String> readyLine;
    private final Thread reader = Thread.ofVirtual().unstarted(this::read);
    private volatile boolean ready;

    private ServerProcess(Process process, Predicate<String> readyLine) {
        this.process = process;
        this.readyLine = readyLine;
    }

    /// Starts a server and waits until it is ready.
    ///
    /// @param command what to start; its standard error is merged into its output
    /// @param readyLine tells the output line after which the server answers
    /// @return the running server, to be closed
    /// @throws IllegalStateException with the server's output, if it ends or is not ready in time
    public static ServerProcess start(ProcessBuilder command, Predicate<String> readyLine) {
        try {
            var process = command.redirectErrorStream(true).start();
            var server = new ServerProcess(process, readyLine);
            server.reader.start();
            server.awaitReady(String.join(" ", command.command()));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("is its package installed?", e);
        }
    }

    /// Returns all that the server has written so far.
    ///
    /// @return lines
    public String log() {
        return String.join("\n", lines);
    }

    /// Returns the process, to send it signals.
    ///
    /// @return the process
    public Process process() {
        return process;
    }

    /// Ends the server, by force if it takes longer than five seconds. Its last words are kept.
    @Override
    public void close() {
        // Process.destroy() would close the output before the last of it is read.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            reader.join(LONGEST_END);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady(String command) {
        try {
            if (!readyOrEnded.await(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS) || !ready) {
                close();
                throw new IllegalStateException(command + " does not start:\n" + log());
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting " + command, e);
        }
    }

    private void read() {
        try (var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (!ready && readyLine.test(line)) {
                    ready = true;
                    readyOrEnded.countDown();
                }
            }
        } catch (IOException e) {
            lines.add(e.toString());
        }
        readyOrEnded.countDown();
    }
}
