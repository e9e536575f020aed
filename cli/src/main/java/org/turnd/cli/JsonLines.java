package org.turnd.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;
import org.turnd.server.ops.JsonText;

/// Log lines as flat JSON objects: `time`, `level`, `event`, then the event's own keys. Logback's
/// own encoder wraps each of those in an object of a list, which no log store can be asked for.
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final String OWN_LOGGER = "org.turnd";

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new StringBuilder(256).append("{\"time\":");
        JsonText.append(line, event.getInstant().toString());
        add(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        add(line, "event", event.getFormattedMessage());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> add(line, pair.key, String.valueOf(pair.value)));
        }
        if (!event.getLoggerName().equals(OWN_LOGGER)) {
            add(line, "logger", event.getLoggerName());
        }
        IThrowableProxy failure = event.getThrowableProxy();
        if (failure != null) {
            add(line, "stack_trace", ThrowableProxyUtil.asString(failure));
        }
        return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(StringBuilder line, String key, String value) {
        JsonText.append(line.append(','), key);
        JsonText.append(line.append(':'), value);
    }
}
