package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What an engine tells of an allocation from its beginning to its end.
class AllocationEventsTest {
    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    void tellsOfTheWholeLifeUnderOneName() {
        client.allocate();
        fixture.advance(100);
        client.refresh(900);
        fixture.advance(901);

        assertEquals(
                List.of("allocated", "refreshed", "ended"),
                fixture.events.lines.stream()
                        .map(line -> line.substring(0, line.indexOf(" ")))
                        .filter(word -> !word.equals("refused"))
                        .toList());
        assertTrue(fixture.events.lines.contains("refreshed alice 900 s"));
        List<AllocationSummary> told = fixture.events.allocations;
        assertEquals(1, told.stream().map(AllocationSummary::id).distinct().count());
        assertEquals(1, told.stream().map(AllocationSummary::relayed).distinct().count());
        assertEquals(1, told.stream().map(AllocationSummary::createdNanos).distinct().count());
    }

    @Test
    void twoAllocationsHaveTwoNames() {
        client.allocate();
        client.refresh(0);
        client.allocate();

        assertEquals(
                2,
                fixture.events.allocations.stream().map(AllocationSummary::id).distinct().count());
    }

    @Test
    void theEndNamesBothAddressesOfADualAllocationAlsoWhenOneWasGivenUpBefore() {
        client.allocate(new AdditionalAddressFamily(AddressFamily.IPV6.code()));
        client.ask(
                StunMethod.REFRESH,
                new Lifetime(0),
                new RequestedAddressFamily(AddressFamily.IPV6.code()));
        client.refresh(0);

        AllocationSummary ended = fixture.events.allocations.getLast();
        assertEquals(2, ended.relayed().size());
        assertEquals(
                List.of(true, false),
                ended.relayed().stream().map(TransportAddress::isIpv4).toList());
        assertTrue(fixture.events.lines.contains("refreshed alice 0 s"));
        assertEquals("ended alice DELETED_BY_CLIENT 0 0", fixture.events.lines.getLast());
    }

    @Test
    void allocationsAreCountedWhereTheyWereMade() {
        TestClient first = fixture.udp(3, EngineFixture.address("198.51.100.1", 5000));
        TestClient second = fixture.udp(70, EngineFixture.address("198.51.100.2", 5000));
        first.allocate();
        second.allocate();
        second.refresh(0);

        ListenerCounters counters = fixture.engine.counters().listeners();
        assertEquals(1, counters.startedAt(3));
        assertEquals(0, counters.endedAt(3));
        assertEquals(1, counters.startedAt(70));
        assertEquals(1, counters.endedAt(70));
        assertEquals(0, counters.startedAt(4) + counters.endedAt(4) + counters.startedAt(1000));
    }
}
