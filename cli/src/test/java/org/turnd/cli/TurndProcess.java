package org.turnd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The `turnd` command as an operating-system process, as the launcher starts it. Every wait is
/// bounded; closing kills what still runs.
final class TurndProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;

    /// Both are guarded by the lock, whose waiters hear of every new piece of text.
    private final StringBuilder out = new StringBuilder();

    private final StringBuilder err = new StringBuilder();
    private final Object lock = new Object();
    private final List<Thread> readers = new ArrayList<>();

    private TurndProcess(Process process) {
        this.process = process;
        readers.add(read(process.getInputStream(), out));
        readers.add(read(process.getErrorStream(), err));
    }

    /// Starts the command.
    ///
    /// @param home its home directory, state directory and working directory
    static TurndProcess start(Path home, Map<String, String> environment, String... arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-ea");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("org.turnd.cli.Turnd");
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TURND_"));
        builder.environment().remove("NOTIFY_SOCKET");
        builder.environment().put("XDG_STATE_HOME", home.toString());
        builder.environment().putAll(environment);
        return new TurndProcess(builder.start());
    }

    /// Runs the command to its end.
    static TurndProcess run(Path home, String... arguments) throws Exception {
        TurndProcess process = start(home, Map.of(), arguments);
        process.awaitExit();
        return process;
    }

    /// Waits until standard output or standard error has this text; fails when the process ends
    /// before or the patience does.
    void awaitText(String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (lock) {
            while (out.indexOf(text) < 0 && err.indexOf(text) < 0) {
                boolean isOver = readers.stream().noneMatch(Thread::isAlive);
                if (isOver || System.nanoTime() > deadline) {
                    throw new AssertionError("no '" + text + "' in\n" + out + "\n" + err);
                }
                TimeUnit.MILLISECONDS.timedWait(lock, 200);
            }
        }
    }

    /// Waits for the end and returns the exit code.
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs\n" + out() + "\n" + err());
        }
        for (Thread reader : readers) {
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
        return process.exitValue();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String out() {
        synchronized (lock) {
            return out.toString();
        }
    }

    String err() {
        synchronized (lock) {
            return err.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private Thread read(InputStream in, StringBuilder into) {
        return Thread.ofVirtual()
                .start(() -> {
                    try (in) {
                        byte[] bytes = new byte[8192];
                        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                            synchronized (lock) {
                                into.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                                lock.notifyAll();
                            }
                        }
                    } catch (IOException closed) {
                        into.append("\n(the stream broke: ").append(closed).append(")\n");
                    }
                });
    }
}
