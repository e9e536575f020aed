package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.turnd.server.config.EventKind;
import org.turnd.server.engine.AllocationId;
import org.turnd.server.engine.AllocationSummary;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.server.engine.EngineEvents.PeerConnectionEnd;
import org.turnd.stun.TransportAddress;

/// Holds `docs/reference/events.md` against the events that there are. With
/// `-Dturnd.regenerate=true` it writes the page first.
class EventReferenceTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "events.md");
    private static final TransportAddress PEER = TransportAddress.ipv4(0xC633_6407, 50_000);

    private final Map<EventKind, Event> events = new EnumMap<>(EventKind.class);

    @Test
    void theReferenceListsWhatThereIs() throws IOException {
        tellEverything();
        String page = page();

        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(
                page, Files.readString(PAGE), "stale: run this test with -Dturnd.regenerate=true");
    }

    @Test
    void everyEventHasExactlyTheFieldsOfItsKind() {
        tellEverything();

        for (EventKind kind : EventKind.values()) {
            assertEquals(Event.fieldsOf(kind), event(kind).fields().keySet(), kind.text());
        }
    }

    private Event event(EventKind kind) {
        return Objects.requireNonNull(events.get(kind), kind::text);
    }

    private void tellEverything() {
        var outlet =
                new EventOutlet() {
                    @Override
                    public boolean wants(EventKind kind) {
                        return true;
                    }

                    @Override
                    public void accept(Event event) {
                        events.put(event.kind(), event);
                    }
                };
        EngineEvents publisher =
                new EventPublisher(
                        List.of(outlet),
                        () -> 12_345_678_901L,
                        InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z")));
        var allocation =
                new AllocationSummary(
                        new AllocationId(1, 42),
                        ClientPath.datagram(0, TransportAddress.ipv4(0xC000_0201, 4711)),
                        "example.org",
                        "1767326645:alice",
                        List.of(TransportAddress.ipv4(0xCB00_7101, 50_002)),
                        false,
                        0,
                        160_000,
                        240_000);
        publisher.onAllocated(allocation, 600);
        publisher.onRefreshed(allocation, 600);
        publisher.onPermitted(allocation, PEER);
        publisher.onClientLetIn(allocation);
        publisher.onPeerConnected(allocation, PEER);
        publisher.onPeerConnectionEnded(allocation, PEER, PeerConnectionEnd.CLOSED, 1000, 2000);
        publisher.onAllocationEnded(allocation, EndReason.DELETED_BY_CLIENT);
    }

    private String page() {
        List<String> kinds = new ArrayList<>();
        for (EventKind kind : EventKind.values()) {
            kinds.add(
                    "## %s\n\n%s Its fields:\n%s.\n"
                            .formatted(
                                    kind.text(),
                                    kind.doc(),
                                    Event.fieldsOf(kind).stream()
                                            .map(field -> "`" + field.text() + "`")
                                            .collect(Collectors.joining(", "))));
        }
        return """
        # Events

        What the audit (`log.audit`, `audit.path`) and [webhooks](../howto/webhook.md) tell of
        allocations. Generated from the server: a test holds this page against it.

        Each event is one JSON object, in a file one a line, and complete by itself:

        ```json
        %s
        ```

        `time` is when it happened (UTC, ISO 8601), `event` what, and then come its fields. Readers should
        ignore fields that they don't know. User names are complete; control, format and other invisible
        characters in them are escaped as JSON has it. In the log the same fields are texts.

        | Field | Meaning |
        |---|---|
        | `time` | When it happened. |
        | `event` | What happened: one of those below. |
        %s

        `reason` of `allocation_ended` is one of %s; of `peer_connection_ended` one of %s.

        %s\
        """
                .formatted(
                        event(EventKind.ALLOCATION_ENDED).json(),
                        Arrays.stream(EventField.values())
                                .map(field -> "| `%s` | %s |".formatted(field.text(), field.doc()))
                                .collect(Collectors.joining("\n")),
                        words(EndReason.values()),
                        words(PeerConnectionEnd.values()),
                        String.join("\n", kinds));
    }

    private static String words(Enum<?>... values) {
        return Stream.of(values)
                .map(value -> "`" + value.name().toLowerCase(Locale.ROOT) + "`")
                .collect(Collectors.joining(", "));
    }
}
