package org.turnd.server.ops;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.turnd.server.config.EventKind;

/// Something that has happened to an allocation, complete by itself. Immutable.
///
/// @param fields numbers, texts as they came, and lists of texts; exactly those of the kind
public record Event(Instant time, EventKind kind, Map<EventField, Object> fields) {
    public Event {
        fields = Collections.unmodifiableMap(new EnumMap<>(fields));
    }

    /// What is said of every event of a kind.
    public static Set<EventField> fieldsOf(EventKind kind) {
        var fields =
                new TreeSet<>(
                        List.of(
                                EventField.ID,
                                EventField.USERNAME,
                                EventField.REALM,
                                EventField.CLIENT,
                                EventField.TRANSPORT,
                                EventField.RELAYED,
                                EventField.RELAY_TRANSPORT,
                                EventField.DURATION_SECONDS,
                                EventField.BYTES_TO_PEERS,
                                EventField.BYTES_TO_CLIENT));
        fields.addAll(
                switch (kind) {
                    case ALLOCATION_CREATED, ALLOCATION_REFRESHED ->
                            List.of(EventField.LIFETIME_SECONDS);
                    case ALLOCATION_ENDED -> List.of(EventField.REASON);
                    case PEER_PERMITTED, PEER_CONNECTED -> List.of(EventField.PEER);
                    case PEER_CONNECTION_ENDED -> List.of(EventField.PEER, EventField.REASON);
                    case CLIENT_MOVED -> List.of();
                });
        return Collections.unmodifiableSet(fields);
    }

    /// The event as one JSON object on one line, with `time` and `event` before its fields. Texts
    /// are complete, and nothing in them can break out of their quotes.
    public String json() {
        var json = new StringBuilder(512).append('{');
        JsonText.append(json, "time");
        json.append(':');
        JsonText.append(json, time.toString());
        json.append(',');
        JsonText.append(json, "event");
        json.append(':');
        JsonText.append(json, kind.text());
        fields.forEach((field, value) -> {
            json.append(',');
            JsonText.append(json, field.text());
            json.append(':');
            append(json, value);
        });
        return json.append('}').toString();
    }

    private static void append(StringBuilder json, Object value) {
        switch (value) {
            case Number number -> json.append(number);
            case List<?> texts -> {
                char before = '[';
                for (Object text : texts) {
                    json.append(before);
                    JsonText.append(json, text.toString());
                    before = ',';
                }
                json.append(texts.isEmpty() ? "[]" : "]");
            }
            default -> JsonText.append(json, value.toString());
        }
    }
}
