package org.turnd.clients;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.turnd.peers.lab.Namespace;

/// One end of a call, a process: it writes lines of JSON, and reads those of the other end.
final class Peer implements AutoCloseable {
    private static final int LONGEST_STEP_SECONDS = 20;
    private static final int LONGEST_END_SECONDS = 5;

    private final Process process;
    private final Path errors;
    private final BufferedWriter input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Peer(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        input = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().start(this::read);
    }

    /// Starts a peer.
    ///
    /// @param host where it runs
    /// @param directory for what it complains of
    /// @param authority a PEM file with the authority that it is to trust
    /// @param arguments its role (`offer` or `answer`), URL, username and credential
    static Peer start(
            Library library, Namespace host, Path directory, Path authority, String... arguments)
            throws IOException {
        var errors = Files.createTempFile(directory, library.name(), ".log");
        var builder =
                host.exec(library.command(arguments[0], arguments[1], arguments[2], arguments[3]));
        builder.environment().put("NODE_PATH", Library.NODE_MODULES.toString());
        builder.environment().put("NODE_EXTRA_CA_CERTS", authority.toString());
        builder.environment().put("SSL_CERT_FILE", authority.toString());
        return new Peer(builder.redirectError(errors.toFile()).start(), errors);
    }

    /// Waits for the next line.
    ///
    /// @throws IllegalStateException with its complaints, if there is none in time
    String next() throws InterruptedException {
        var line = lines.poll(LONGEST_STEP_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new IllegalStateException("it says nothing more:\n" + complaints());
        }
        return line;
    }

    void tell(String line) throws IOException {
        input.write(line);
        input.newLine();
        input.flush();
    }

    String complaints() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Lets it hang up, and ends it if it doesn't.
    @Override
    public void close() throws IOException {
        try (input) {
            input.flush();
        } catch (IOException e) {
            // It has ended before.
            process.destroy();
        }
        try {
            if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add(e.toString());
        }
    }
}
