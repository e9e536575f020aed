package org.turnd.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.config.ServerSettings.Log;
import org.turnd.server.config.ServerSettings.LogFormat;
import org.turnd.server.config.ServerSettings.LogLevel;
import org.turnd.server.config.ServerSettings.Switch;

/// Where log lines go: standard error, as text on a terminal and as JSON elsewhere. A bounded queue
/// stands between the shards and a slow terminal or pipe; when it is full, lines are dropped.
final class LogSetup {
    private static final String OWN = "org.turnd";
    private static final int QUEUE_LINES_MAX = 4096;
    private static final int FLUSH_MILLIS_MAX = 2000;

    private LogSetup() {}

    /// For commands that print: only what goes wrong.
    static void quiet() {
        apply(new Log(LogFormat.TEXT, LogLevel.ERROR, Switch.OFF));
    }

    /// As the settings say.
    static void apply(Log log) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context, isText(log.format())));
        console.start();
        var queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(QUEUE_LINES_MAX);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(FLUSH_MILLIS_MAX);
        queue.addAppender(console);
        queue.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(queue);
        root.setLevel(Level.WARN);
        level(log.level());
        // Netty wants a hardware address for ids that turnd never uses, and warns where it has
        // none.
        context.getLogger("io.netty.util.internal.MacAddressUtil").setLevel(Level.ERROR);
        // It logs each connection that fails, with its stack; the store says so in one line.
        context.getLogger("redis.clients.jedis").setLevel(Level.OFF);
        context.getLogger("com.zaxxer.hikari").setLevel(Level.OFF);
    }

    /// From which level on lines are written.
    static LogLevel level() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        return LogLevel.valueOf(String.valueOf(context.getLogger(OWN).getLevel()));
    }

    /// Writes lines of this importance from now on.
    static void level(LogLevel wanted) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(OWN).setLevel(levelOf(wanted));
    }

    /// Writes what is queued. Nothing can be logged afterwards.
    static void close() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, boolean isText) {
        if (isText) {
            var text = new PatternLayoutEncoder();
            text.setContext(context);
            text.setPattern("%d{HH:mm:ss.SSS} %-5level %msg %kvp%n%ex");
            text.start();
            return text;
        }
        var json = new JsonLines();
        json.setContext(context);
        json.start();
        return json;
    }

    private static boolean isText(LogFormat format) {
        return switch (format) {
            case TEXT -> true;
            case JSON -> false;
            case AUTO -> isTerminal();
        };
    }

    /// Asks about standard error itself, which `System.console()` can't; false outside Linux.
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException noProc) {
            return false;
        }
    }

    private static Level levelOf(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }
}
