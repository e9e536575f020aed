package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.AllocationId;
import org.turnd.server.engine.AllocationSummary;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

class EventLogTest {
    private static final ClientPath CLIENT =
            ClientPath.datagram(0, TransportAddress.ipv4(0xC000_0201, 4711));

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong clock = new AtomicLong();
    private EventPublisher events;
    private EventPublisher audit;

    @BeforeEach
    void attach() {
        var logger = new LoggerContext().getLogger("test");
        logger.setLevel(Level.DEBUG);
        lines.start();
        logger.addAppender(lines);
        events = publisher(new EventLog(logger, clock::get, false));
        audit = publisher(new EventLog(logger, clock::get, true));
    }

    private EventPublisher publisher(EventLog log) {
        return new EventPublisher(List.of(log), clock::get, InstantSource.system());
    }

    @Test
    void namesTheCauseOfARefusal() {
        events.onRefused(CLIENT, StunMethod.ALLOCATE, 401, RefusalCause.WRONG_PASSWORD);

        assertEquals("request_refused", lines.list.getFirst().getFormattedMessage());
        assertEquals(Level.WARN, lines.list.getFirst().getLevel());
        assertEquals("192.0.2.1:4711", value(0, "client"));
        assertEquals("401", value(0, "error_code"));
        assertEquals("wrong_password", value(0, "cause"));
    }

    @Test
    void samplesEachCauseByItselfAndSaysHowManyAreMissing() {
        for (int i = 0; i < 100; i++) {
            events.onRefused(CLIENT, StunMethod.ALLOCATE, 401, RefusalCause.WRONG_PASSWORD);
        }
        events.onRefused(CLIENT, StunMethod.ALLOCATE, 486, RefusalCause.USER_QUOTA);
        clock.set(1_000_000_000L);
        events.onRefused(CLIENT, StunMethod.ALLOCATE, 401, RefusalCause.WRONG_PASSWORD);

        assertEquals(EventLog.REFUSALS_PER_SECOND_MAX + 2, lines.list.size());
        assertEquals("user_quota", value(EventLog.REFUSALS_PER_SECOND_MAX, "cause"));
        assertEquals("95", value(EventLog.REFUSALS_PER_SECOND_MAX + 1, "suppressed_before"));
    }

    @Test
    void whatEveryHealthyClientDoesIsNoWarning() {
        events.onRefused(CLIENT, StunMethod.ALLOCATE, 401, RefusalCause.NO_CREDENTIALS);
        events.onRefused(CLIENT, StunMethod.REFRESH, 438, RefusalCause.STALE_NONCE);

        assertTrue(lines.list.stream().allMatch(line -> line.getLevel() == Level.DEBUG));
    }

    @Test
    @Tag("S-11")
    void aUserNameCannotForgeALogLine() {
        String name = "eve\n12:00:00 INFO allocation_ended username=\"bob\u202e\u001b[2J";

        events.onAllocationEnded(allocationOf(name), EndReason.EXPIRED);

        assertEquals(
                "eve\\u000a12:00:00 INFO allocation_ended username=\\u0022bob\\u202e\\u001b[2J",
                value(0, "username"));
        assertEquals("expired", value(0, "reason"));
    }

    @Test
    void aLongUserNameIsCut() {
        events.onAllocated(allocationOf("x".repeat(500)), 600);

        assertEquals("x".repeat(128) + "...", value(0, "username"));
    }

    @Test
    @Tag("S-10")
    void theAuditTellsWhoTalkedToWhom() {
        TransportAddress peer = TransportAddress.ipv4(0x08080808, 5000);

        audit.onAllocated(allocationOf("alice"), 600);
        audit.onPermitted(allocationOf("alice"), peer);
        audit.onAllocationEnded(allocationOf("alice"), EndReason.EXPIRED);

        assertEquals(
                List.of("allocation_created", "peer_permitted", "allocation_ended"),
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
        assertTrue(lines.list.stream().allMatch(line -> line.getLevel() == Level.INFO));
        assertTrue(lines.list.stream().allMatch(line -> line.getTimeStamp() > 0));
        for (int line = 0; line < 3; line++) {
            assertEquals("192.0.2.1:4711", value(line, "client"));
            assertEquals("alice", value(line, "username"));
        }
        for (int line = 0; line < 3; line++) {
            assertEquals("0-7", value(line, "id"));
            assertEquals("203.0.113.1:50000", value(line, "relayed"));
        }
        assertEquals("8.8.8.8", value(1, "peer"));
        assertEquals("1", value(2, "bytes_to_peers"));
        assertEquals("2", value(2, "bytes_to_client"));
    }

    @Test
    @Tag("S-10")
    void withoutAuditNobodyReadsWhoTalkedToWhom() {
        events.onAllocated(allocationOf("alice"), 600);
        events.onRefreshed(allocationOf("alice"), 600);
        events.onPermitted(allocationOf("alice"), CLIENT.client());

        assertEquals(3, lines.list.size());
        assertTrue(lines.list.stream().allMatch(line -> line.getLevel() == Level.DEBUG));
        events.onAllocationEnded(allocationOf("alice"), EndReason.EXPIRED);
        assertEquals(Level.INFO, lines.list.getLast().getLevel());
        assertEquals("(no relayed)", value(3, "relayed"));
    }

    private static AllocationSummary allocationOf(String username) {
        return new AllocationSummary(
                new AllocationId(0, 7),
                CLIENT,
                "example.org",
                username,
                List.of(TransportAddress.ipv4(0xCB00_7101, 50_000)),
                false,
                0,
                1,
                2);
    }

    private String value(int line, String key) {
        return lines.list.get(line).getKeyValuePairs().stream()
                .filter(pair -> pair.key.equals(key))
                .map(pair -> String.valueOf(pair.value))
                .findFirst()
                .orElse("(no " + key + ")");
    }
}
