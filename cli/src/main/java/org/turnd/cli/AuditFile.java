package org.turnd.cli;

import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.config.EventKind;
import org.turnd.server.config.EventSettings;
import org.turnd.server.ops.Event;
import org.turnd.server.ops.EventOutlet;
import org.turnd.server.ops.EventQueue;
import org.turnd.server.ops.OutletStatus;

/// Writes every event into a file, a JSON object a line, and begins a new file every day and when
/// one is full. The event loops only put events into a queue; one thread does all else.
final class AuditFile implements EventOutlet, OutletStatus, AutoCloseable {
    static final int QUEUE_EVENTS_MAX = 10_000;

    /// How many full files are kept, if their days aren't over before.
    static final int FILES_MAX = 100;

    private static final int LINES_AT_ONCE_MAX = 1000;
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");

    private final ContextBase context = new ContextBase();
    private final RollingFileAppender<Event> appender = new PrivateFile();
    private final EventQueue<Event> queue = new EventQueue<>(QUEUE_EVENTS_MAX);
    private final LongAdder written = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Thread writer = new Thread(this::run, "turnd-audit");

    private AuditFile() {}

    /// Opens the file; what is in it stays.
    ///
    /// @throws IOException when it can't be written
    static AuditFile open(EventSettings.AuditFile settings) throws IOException {
        var file = new AuditFile();
        file.start(settings);
        return file;
    }

    private void start(EventSettings.AuditFile settings) throws IOException {
        Path path = settings.path().toAbsolutePath();
        createPrivate(path);
        // Logback would report what is wrong and go on without a file.
        Files.newOutputStream(path, StandardOpenOption.APPEND).close();
        context.getStatusManager().add(this::onStatus);
        appender.setContext(context);
        appender.setFile(path.toString());
        appender.setEncoder(lines());
        var policy = new SizeAndTimeBasedRollingPolicy<Event>();
        policy.setContext(context);
        policy.setParent(appender);
        policy.setFileNamePattern(path + ".%d{yyyy-MM-dd}.%i");
        policy.setMaxFileSize(new FileSize(settings.bytes()));
        policy.setMaxHistory(settings.days());
        policy.setTotalSizeCap(new FileSize((long) FILES_MAX * settings.bytes()));
        policy.setCleanHistoryOnStart(true);
        policy.start();
        appender.setRollingPolicy(policy);
        appender.start();
        writer.setDaemon(true);
        writer.start();
    }

    private EncoderBase<Event> lines() {
        var lines = new Lines();
        lines.setContext(context);
        lines.start();
        return lines;
    }

    /// Logback reports what fails, a full disk for example, and tries again by itself.
    private void onStatus(Status status) {
        if (status.getLevel() >= Status.WARN) {
            failures.increment();
            if (Long.bitCount(failures.sum()) == 1) {
                LOG.atWarn()
                        .setMessage("audit_file_failing")
                        .addKeyValue("reason", status.getMessage())
                        .log();
            }
        }
    }

    @Override
    public boolean wants(EventKind kind) {
        return true;
    }

    @Override
    public void accept(Event event) {
        queue.offer(event);
    }

    private void run() {
        try {
            List<Event> lines = queue.take(LINES_AT_ONCE_MAX);
            while (!lines.isEmpty()) {
                lines.forEach(appender::doAppend);
                written.add(lines.size());
                lines = queue.take(LINES_AT_ONCE_MAX);
            }
        } catch (InterruptedException e) {
            queue.discard();
        }
    }

    @Override
    public long delivered() {
        return written.sum();
    }

    @Override
    public long dropped() {
        return queue.dropped();
    }

    @Override
    public long failures() {
        return failures.sum();
    }

    @Override
    public int queued() {
        return queue.size();
    }

    /// Writes what waits, for two seconds at most, and closes the file.
    @Override
    public void close() {
        queue.close();
        try {
            if (!writer.join(CLOSE_MAX)) {
                writer.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        queue.discard();
        appender.stop();
        context.stop();
    }

    private static void createPrivate(Path path) throws IOException {
        boolean hasModes = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        // The permissions of a file that is there are the operator's own choice.
        if (hasModes && Files.notExists(path)) {
            Files.createFile(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
    }

    /// Makes each new file readable for the server's user alone.
    private static final class PrivateFile extends RollingFileAppender<Event> {
        @Override
        public void openFile(String fileName) throws IOException {
            createPrivate(Path.of(fileName));
            super.openFile(fileName);
        }
    }

    private static final class Lines extends EncoderBase<Event> {
        @Override
        public byte[] headerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] encode(Event event) {
            return (event.json() + "\n").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] footerBytes() {
            return new byte[0];
        }
    }
}
