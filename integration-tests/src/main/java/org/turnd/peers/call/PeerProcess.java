package org.turnd.peers.call;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.turnd.peers.lab.Cleanup;
import org.turnd.peers.lab.Namespace;
import org.turnd.peers.lab.ScratchDirectory;

/// A running process of WebRTC peers, on this host or inside a namespace. Safe for use by many
/// threads.
///
/// A process serves at most [#CALLS_MAX] calls, for libwebrtc's binding does not give back all
/// memory of a call.
public final class PeerProcess implements AutoCloseable {
    /// How many calls a process is good for.
    public static final int CALLS_MAX = 50;

    private static final int ERROR_LINES_MAX = 50;
    private static final int END_WAIT_SECONDS = 3;

    private final Process process;
    private final ScratchDirectory directory;
    private final Cleanup cleanup = new Cleanup(this::end);
    private final BufferedWriter input;
    private final Map<String, Consumer<Event>> links = new ConcurrentHashMap<>();
    private final AtomicInteger linksOpened = new AtomicInteger();
    private final ArrayDeque<String> errors = new ArrayDeque<>();

    private PeerProcess(Process process, ScratchDirectory directory) {
        this.process = process;
        this.directory = directory;
        input = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("peer-events").start(this::readEvents);
        Thread.ofVirtual().name("peer-errors").start(this::readErrors);
    }

    /// Starts a process of peers.
    ///
    /// @param host the namespace to run in; null for this host
    /// @return the process, to be closed
    /// @throws CallFailure if it cannot be started
    public static PeerProcess start(@Nullable Namespace host) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                new ArrayList<>(
                        List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        // libwebrtc's binding unpacks its library there, and a process that is killed leaves it.
        var directory = ScratchDirectory.create();
        command.add("-Djava.io.tmpdir=" + directory.path());
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), PeerMain.class.getName()));
        try {
            var builder = host == null ? new ProcessBuilder(command) : host.exec(command);
            return new PeerProcess(builder.start(), directory);
        } catch (IOException e) {
            directory.delete();
            throw new CallFailure("cannot start a peer process: " + e.getMessage());
        }
    }

    /// Makes up the name of a new link and hears its events; they come on the process's reading
    /// thread.
    String link(Consumer<Event> listener) {
        var name = "link" + linksOpened.incrementAndGet();
        links.put(name, listener);
        return name;
    }

    void forget(String link) {
        links.remove(link);
    }

    /// Sends a command; what a process that has ended is told is lost, and its links hear of its
    /// end.
    void tell(Command command) {
        var line = Wire.encode((Record) command);
        try {
            synchronized (input) {
                input.write(line);
                input.newLine();
                input.flush();
            }
        } catch (IOException e) {
            announceEnd("it does not read: " + e.getMessage());
        }
    }

    private void readEvents() {
        try (var lines = reader(process.getInputStream())) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    hear(Wire.decode(line, Event.class));
                } else {
                    // Native code of libwebrtc says its last words here.
                    noteError(line);
                }
            }
            announceEnd("its output ended");
        } catch (IOException e) {
            announceEnd(e.getMessage());
        }
    }

    private void hear(Event event) {
        var listener = links.get(event.link());
        if (listener != null) {
            listener.accept(event);
        }
    }

    private void announceEnd(@Nullable String reason) {
        String lastWords;
        synchronized (errors) {
            lastWords = String.join("\n", errors);
        }
        var message = "the peer process has ended (" + reason + ")\n" + lastWords;
        links.forEach((name, listener) -> listener.accept(new Event.Failed(name, message)));
    }

    private void readErrors() {
        try (var lines = reader(process.getErrorStream())) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                noteError(line);
            }
        } catch (IOException e) {
            noteError("(unreadable: " + e.getMessage() + ")");
        }
    }

    private void noteError(String line) {
        synchronized (errors) {
            errors.add(line);
            if (errors.size() > ERROR_LINES_MAX) {
                errors.removeFirst();
            }
        }
    }

    private static BufferedReader reader(InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /// Ends the process; its links go with it.
    @Override
    public void close() {
        cleanup.close();
    }

    private void end() {
        links.clear();
        try {
            synchronized (input) {
                input.close();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        }
        try {
            if (!process.waitFor(END_WAIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            directory.delete();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
