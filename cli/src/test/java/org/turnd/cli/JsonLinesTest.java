package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLinesTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void everyKeyOfAnEventStandsByItself() {
        LoggingEvent event = event("org.turnd", "request_refused", null);
        event.addKeyValuePair(new KeyValuePair("cause", "wrong_password"));
        event.addKeyValuePair(new KeyValuePair("error_code", 401));

        assertEquals(
                """
                {"time":"2026-01-02T03:04:05Z","level":"warn","event":"request_refused",\
                "cause":"wrong_password","error_code":"401"}
                """,
                line(event));
    }

    @Test
    void nothingBreaksOutOfItsLine() {
        LoggingEvent event = event("io.netty", "a \"quoted\"\nline\u0000", null);
        event.addKeyValuePair(new KeyValuePair("username", "eve\",\"level\":\"info\r\n"));

        String line = line(event);

        assertEquals(line.length() - 1, line.indexOf('\n'));
        assertEquals("a \"quoted\"\nline\u0000", parsed(line).getString("event"));
        assertEquals("eve\",\"level\":\"info\r\n", parsed(line).getString("username"));
        assertEquals("warn", parsed(line).getString("level"));
        assertEquals("io.netty", parsed(line).getString("logger"));
    }

    @Test
    void aFailureBringsItsStackTrace() {
        String line = line(event("org.turnd", "engine_fault", new IllegalStateException("broken")));

        assertTrue(parsed(line).getString("stack_trace").contains("broken"), line);
    }

    private static Config parsed(String line) {
        return ConfigFactory.parseString(
                line, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }

    private LoggingEvent event(String logger, String message, @Nullable Throwable failure) {
        var event =
                new LoggingEvent("", context.getLogger(logger), Level.WARN, message, failure, null);
        event.setInstant(Instant.parse("2026-01-02T03:04:05Z"));
        return event;
    }

    private static String line(LoggingEvent event) {
        return new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
    }
}
