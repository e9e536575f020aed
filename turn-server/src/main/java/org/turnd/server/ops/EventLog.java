package org.turnd.server.ops;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.turnd.server.config.EventKind;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;

/// Writes events into the log, and refused requests sampled, at most five a second and cause. The
/// message is a stable event name, all else is key and value.
///
/// Safe on every thread. The log's appender must not block.
public final class EventLog implements EventOutlet {
    static final int REFUSALS_PER_SECOND_MAX = 5;

    private final Logger log;
    private final LongSupplier nanoClock;
    private volatile boolean audit;
    private final EventSampler refusals =
            new EventSampler(RefusalCause.values().length, REFUSALS_PER_SECOND_MAX);

    /// @param nanoClock such as `System::nanoTime`
    /// @param audit say of every allocation who made it, where it is and whom it talks to (S-10)
    public EventLog(Logger log, LongSupplier nanoClock, boolean audit) {
        this.log = log;
        this.audit = audit;
        this.nanoClock = nanoClock;
    }

    /// Says from now on who talks to whom, or doesn't.
    public void audit(boolean isOn) {
        audit = isOn;
    }

    @Override
    public boolean wants(EventKind kind) {
        return log.isEnabledForLevel(level(kind));
    }

    @Override
    public void accept(Event event) {
        Level level = level(event.kind());
        LoggingEventBuilder line = log.atLevel(level).setMessage(event.kind().text());
        // S-10: without an audit nobody reads who was behind a relayed address.
        boolean tellsAll = audit || level == Level.DEBUG;
        for (Map.Entry<EventField, Object> field : event.fields().entrySet()) {
            if (tellsAll || field.getKey() != EventField.RELAYED) {
                line = line.addKeyValue(field.getKey().text(), shown(field.getValue()));
            }
        }
        line.log();
    }

    private Object shown(Object value) {
        return switch (value) {
            case Number number -> number;
            case List<?> texts -> String.join(", ", texts.stream().map(Object::toString).toList());
            default -> audit ? LogText.complete(value.toString()) : LogText.safe(value.toString());
        };
    }

    private Level level(EventKind kind) {
        return switch (kind) {
            case ALLOCATION_ENDED, CLIENT_MOVED -> Level.INFO;
            case ALLOCATION_CREATED,
                    ALLOCATION_REFRESHED,
                    PEER_PERMITTED,
                    PEER_CONNECTED,
                    PEER_CONNECTION_ENDED ->
                    audit ? Level.INFO : Level.DEBUG;
        };
    }

    @Override
    public void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {
        Level level = level(cause);
        if (!log.isEnabledForLevel(level)) {
            return;
        }
        int suppressed = refusals.admit(cause.ordinal(), nanoClock.getAsLong());
        if (suppressed == EventSampler.SUPPRESSED) {
            return;
        }
        var line =
                log.atLevel(level)
                        .setMessage("request_refused")
                        .addKeyValue("client", client.client())
                        .addKeyValue("transport", text(client.transport()))
                        .addKeyValue("method", method)
                        .addKeyValue("error_code", errorCode)
                        .addKeyValue("cause", text(cause));
        (suppressed > 0 ? line.addKeyValue("suppressed_before", suppressed) : line).log();
    }

    /// What every healthy client does is not worth a line; what somebody should look at is a
    /// warning.
    private static Level level(RefusalCause cause) {
        return switch (cause) {
            case NO_CREDENTIALS,
                    STALE_NONCE,
                    ALLOCATION_EXISTS,
                    NO_ALLOCATION,
                    DRAINING,
                    REDIRECTED ->
                    Level.DEBUG;
            case UNKNOWN_ATTRIBUTE,
                    BAD_REQUEST,
                    UNSUPPORTED_TRANSPORT,
                    UNSUPPORTED_FAMILY,
                    FAMILY_MISMATCH,
                    BAD_RESERVATION,
                    MOBILITY_FORBIDDEN,
                    BAD_TICKET,
                    TRANSPORT_DENIED,
                    WRONG_TRANSPORT,
                    CONNECTION_EXISTS,
                    CONNECT_FAILED,
                    NO_CONNECTION,
                    PEER_DENIED ->
                    Level.INFO;
            case INCOMPLETE_CREDENTIALS,
                    PASSWORD_ALGORITHM,
                    WRONG_REALM,
                    UNKNOWN_USER,
                    WRONG_PASSWORD,
                    REVOKED,
                    USERS_UNAVAILABLE,
                    UNKNOWN_KEY_ID,
                    BAD_TOKEN,
                    EXPIRED_TOKEN,
                    WRONG_USER,
                    CLIENT_DENIED,
                    USER_QUOTA,
                    CLIENT_QUOTA,
                    REALM_QUOTA,
                    NO_PORT,
                    CAPACITY ->
                    Level.WARN;
        };
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
