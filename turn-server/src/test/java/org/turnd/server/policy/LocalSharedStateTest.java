package org.turnd.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.engine.PortRule;
import org.turnd.server.engine.SharedState;
import org.turnd.server.engine.SharedState.Reservation;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.RestCredentials;
import org.turnd.stun.TransportAddress;

class LocalSharedStateTest {
    private static final TransportAddress IPV4 = TransportAddress.ipv4(0x0A000005, 0);
    private static final TransportAddress EXTERNAL = TransportAddress.ipv4(0xC6336405, 0);
    private static final TransportAddress IPV6 =
            new TransportAddress(0x20010DB8_00000000L, 0x5L, 0);
    private static final long QUARANTINE = TimeUnit.SECONDS.toNanos(30);
    private static final AddressFamily V4 = AddressFamily.IPV4;
    private static final AddressFamily V6 = AddressFamily.IPV6;

    /// Any start will do; this one wraps around in the middle of the tests.
    private long now = Long.MAX_VALUE - QUARANTINE / 2;

    @Test
    void offersOnlyTheConfiguredFamilies() {
        var state = state(IPV4, EXTERNAL, null, 49152, 49161);

        assertEquals(IPV4, state.relayAddress(V4));
        assertEquals(EXTERNAL, state.externalRelayAddress(V4));
        assertNull(state.relayAddress(V6));
        assertNull(state.externalRelayAddress(V6));
        assertEquals(SharedState.NONE, state.leasePort(V6, PortRule.ANY, now));
    }

    @Test
    void externalAddressIsTheRelayAddressWithoutAMapping() {
        assertEquals(IPV6, state(null, null, IPV6, 49152, 49161).externalRelayAddress(V6));
    }

    // F-26
    @Test
    void leasesEveryPortOnceAndThenNone() {
        var state = state(49152, 49251);
        var leased = new HashSet<Integer>();
        for (int i = 0; i < 100; i++) {
            int port = state.leasePort(V4, PortRule.ANY, now);
            assertTrue(port >= 49152 && port <= 49251 && leased.add(port), "port " + port);
        }
        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.ANY, now));
        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.EVEN, now));
    }

    // F-13
    @Test
    void leasesEveryEvenPortAndNoOddOne() {
        var state = state(49153, 49252);
        for (int i = 0; i < 50; i++) {
            assertEquals(0, state.leasePort(V4, PortRule.EVEN, now) % 2);
        }
        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.EVEN, now));
        assertEquals(50, state.freePorts(V4, now));
    }

    // F-13
    @Test
    void leasesAnEvenPortTogetherWithItsSuccessor() {
        // The last port is even and has no successor; the first is odd.
        var state = state(49153, 49172);
        var ports = new BitSet();
        for (int i = 0; i < 9; i++) {
            int port = state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now);
            assertEquals(0, port % 2);
            assertFalse(ports.get(port) || ports.get(port + 1));
            ports.set(port, port + 2);
        }
        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now));
        assertEquals(2, state.freePorts(V4, now));
    }

    @Test
    void findsAPairAgainWhenBothHalvesAreFree() {
        var state = state(49152, 49153);
        int first = state.leasePort(V4, PortRule.ANY, now);
        int second = state.leasePort(V4, PortRule.ANY, now);
        state.returnPort(V4, first, now);
        now += QUARANTINE;
        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now));
        state.returnPort(V4, second, now);
        now += QUARANTINE;
        assertEquals(49152, state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now));
    }

    // F-24: chi-squared over 64 ports, 63 degrees of freedom; 113.5 has a probability of 0.0001.
    @Test
    void portsAreUniformlyRandom() {
        for (PortRule rule : List.of(PortRule.ANY, PortRule.EVEN)) {
            var state = state(49152, rule == PortRule.ANY ? 49215 : 49279);
            int[] counts = new int[128];
            int rounds = 64 * 200;
            for (int i = 0; i < rounds; i++) {
                int port = state.leasePort(V4, rule, now);
                counts[port - 49152]++;
                state.returnPort(V4, port, now);
                now += QUARANTINE;
            }
            double chiSquared = 0;
            int step = rule == PortRule.ANY ? 1 : 2;
            for (int i = 0; i < 64; i++) {
                double difference = counts[i * step] - 200;
                chiSquared += difference * difference / 200;
            }
            assertTrue(chiSquared < 113.5, rule + ": " + chiSquared);
        }
    }

    // F-24
    @Test
    void successivePortsFollowNoSequence() {
        var state = state(49152, 65535);
        int ascending = 0;
        int neighbours = 0;
        int previous = state.leasePort(V4, PortRule.ANY, now);
        for (int i = 0; i < 1000; i++) {
            int port = state.leasePort(V4, PortRule.ANY, now);
            ascending += port > previous ? 1 : 0;
            neighbours += Math.abs(port - previous) <= 2 ? 1 : 0;
            previous = port;
        }
        assertTrue(ascending > 400 && ascending < 600, ascending + " ascending");
        assertTrue(neighbours < 10, neighbours + " neighbours");
    }

    // S-13
    @Test
    @Tag("S-13")
    void returnedPortRestsInQuarantine() {
        var state = state(49152, 49152);
        assertEquals(49152, state.leasePort(V4, PortRule.ANY, now));
        state.returnPort(V4, 49152, now);

        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.ANY, now + QUARANTINE - 1));
        assertEquals(49152, state.leasePort(V4, PortRule.ANY, now + QUARANTINE));
    }

    @Test
    void portReturnedTwiceIsNotLeasedTwice() {
        var state = state(49152, 49161);
        int port = state.leasePort(V4, PortRule.ANY, now);
        state.returnPort(V4, port, now);
        assertThrows(AssertionError.class, () -> state.returnPort(V4, port, now));
        assertThrows(AssertionError.class, () -> state.returnPort(V4, 50000, now));
        assertEquals(10, state.freePorts(V4, now + QUARANTINE));
    }

    @Test
    void familiesHaveTheirOwnPorts() {
        var state = state(IPV4, null, IPV6, 49152, 49152);
        assertEquals(49152, state.leasePort(V4, PortRule.ANY, now));
        assertEquals(49152, state.leasePort(V6, PortRule.ANY, now));
        state.returnPort(V4, 49152, now);
        assertEquals(1, state.freePorts(V4, now + QUARANTINE));
        assertEquals(0, state.freePorts(V6, now + QUARANTINE));
    }

    // F-07, F-08
    @Test
    void reservationIsClaimedOnce() {
        var state = state(49152, 49161);
        int port = state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now);
        long token = state.reserve(0, V4, port + 1, now);

        assertNotEquals(0, token);
        assertNull(state.claim(0, token + 1, now));
        assertEquals(new Reservation(0, V4, port + 1), state.claim(0, token, now));
        assertNull(state.claim(0, token, now));
        state.returnPort(V4, port + 1, now);
        state.returnPort(V4, port, now);
        assertEquals(10, state.freePorts(V4, now + QUARANTINE));
    }

    // F-14
    @Test
    void reservationHoldsItsPortForThirtySeconds() {
        var state = state(49152, 49153);
        assertEquals(49152, state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now));
        long token = state.reserve(0, V4, 49153, now);

        now += TimeUnit.SECONDS.toNanos(29);
        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.ANY, now));
        assertNotNull(state.claim(0, token, now));
    }

    // F-14
    @Test
    void unclaimedReservationGoesBackToThePool() {
        var state = state(49152, 49153);
        assertEquals(49152, state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now));
        long token = state.reserve(0, V4, 49153, now);

        now += Reservations.HELD_NANOS + 1;
        assertEquals(49153, state.leasePort(V4, PortRule.ANY, now));
        assertNull(state.claim(0, token, now));
    }

    @Test
    void reservationsAreBounded() {
        var state = state(49152, 49191);
        for (int i = 0; i < 40 / LocalSharedState.PORTS_PER_RESERVATION; i++) {
            int port = state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now);
            assertNotEquals(SharedState.NONE, port);
            state.reserve(0, V4, port + 1, now);
        }
        assertEquals(SharedState.NONE, state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now));
        assertNotEquals(SharedState.NONE, state.leasePort(V4, PortRule.EVEN, now));
        now += Reservations.HELD_NANOS + 1;
        assertNotEquals(SharedState.NONE, state.leasePort(V4, PortRule.EVEN_WITH_NEXT, now));
    }

    // RFC 8656 §7.2: zero is as good as any other token on the wire, but means none here.
    @Test
    void tokenIsNeverZeroAndNeverInUse() {
        var answers = List.of(0L, 7L, 7L, 0L, 9L).iterator();
        RandomGenerator scripted = answers::next;
        var reservations = new Reservations(10, scripted, expired -> {});

        assertEquals(7, reservations.add(new Reservation(0, V4, 49153), now));
        assertEquals(9, reservations.add(new Reservation(0, V4, 49155), now));
    }

    // F-25
    @Test
    void userQuotaCountsEachUserByItself() {
        var state =
                new LocalSharedState(
                        relay(IPV4, null, null, 49152, 49161), Quotas.perUser(2), random());
        assertTrue(state.acquireAllocation(0, "alice"));
        assertTrue(state.acquireAllocation(0, "alice"));
        assertFalse(state.acquireAllocation(0, "alice"));
        assertTrue(state.acquireAllocation(0, "bob"));
        state.releaseAllocation(0, "alice");
        assertTrue(state.acquireAllocation(0, "alice"));
    }

    @Test
    @Tag("E-05")
    void userQuotaCountsByUserIdWhereToldTo() {
        var byId =
                new LocalSharedState(
                        relay(IPV4, null, null, 49152, 49161),
                        Quotas.perUser(2),
                        name -> RestCredentials.userId(name, ':'),
                        random());
        assertTrue(byId.acquireAllocation(0, "1700000000:alice"));
        assertTrue(byId.acquireAllocation(0, "1800000000:alice"));
        assertFalse(byId.acquireAllocation(0, "1900000000:alice"));
        assertTrue(byId.acquireAllocation(0, "1700000000:bob"));
        assertTrue(
                byId.acquireAllocation(0, "1700000000"), "a name without an id counts by itself");
        assertTrue(byId.acquireAllocation(0, "1800000000"));
        byId.releaseAllocation(0, "1700000000:alice");
        assertTrue(byId.acquireAllocation(0, "1900000000:alice"));

        var byName =
                new LocalSharedState(
                        relay(IPV4, null, null, 49152, 49161), Quotas.perUser(1), random());
        assertTrue(byName.acquireAllocation(0, "1700000000:alice"));
        assertTrue(byName.acquireAllocation(0, "1800000000:alice"));
        assertFalse(byName.acquireAllocation(0, "1700000000:alice"));
    }

    @Test
    void userWithoutAllocationsIsForgotten() {
        var quotas = new AllocationQuotas(Quotas.perUser(5));
        for (int i = 0; i < 100; i++) {
            assertTrue(quotas.of(0).acquire("user" + i % 50));
        }
        for (int i = 0; i < 100; i++) {
            quotas.of(0).release("user" + i % 50);
        }
        quotas.of(0).release("nobody");
        assertEquals(0, quotas.size());
    }

    @Test
    void drainingIsOffUntilSaid() {
        var state = state(49152, 49161);
        assertFalse(state.isDraining());
        state.setDraining(true);
        assertTrue(state.isDraining());
    }

    @Test
    void relayIsFoundUnderItsInternalAndExternalAddress() {
        var state = state(IPV4, EXTERNAL, IPV6, 49152, 49161);
        state.publishRelay(V4, 49155, 3, 77);

        long expected = (3L << 32) | 77;
        assertEquals(expected, state.findRelay(IPV4.high(), IPV4.low(), 49155));
        assertEquals(expected, state.findRelay(EXTERNAL.high(), EXTERNAL.low(), 49155));
        assertEquals(SharedState.NONE, state.findRelay(IPV6.high(), IPV6.low(), 49155));
        assertEquals(SharedState.NONE, state.findRelay(IPV4.high(), IPV4.low() + 1, 49155));
        for (int port : new int[] {0, 49151, 49154, 49156, 49162, 65535}) {
            assertEquals(SharedState.NONE, state.findRelay(IPV4.high(), IPV4.low(), port));
        }
        state.withdrawRelay(V4, 49155);
        assertEquals(SharedState.NONE, state.findRelay(IPV4.high(), IPV4.low(), 49155));
    }

    @Test
    void knowsItsRelayAddresses() {
        var state = state(IPV4, EXTERNAL, IPV6, 49152, 49161);
        for (var address : List.of(IPV4, EXTERNAL, IPV6)) {
            assertTrue(state.isRelayAddress(address.high(), address.low()), address.host());
        }
        assertFalse(state.isRelayAddress(0, 0));
        assertFalse(state.isRelayAddress(IPV4.high(), IPV4.low() ^ 1));
    }

    // F-31
    @Test
    void tenThousandFailingAllocationsLeaveNothingBehind() {
        var state =
                new LocalSharedState(
                        relay(IPV4, null, null, 49152, 49161), Quotas.perUser(1), random());
        for (int i = 0; i < 10_000; i++) {
            assertTrue(state.acquireAllocation(0, "alice"));
            int port = state.leasePort(V4, PortRule.values()[i % 3], now);
            assertNotEquals(SharedState.NONE, port, "round " + i);
            if (i % 3 == PortRule.EVEN_WITH_NEXT.ordinal()) {
                state.reserve(0, V4, port + 1, now);
            }
            state.returnPort(V4, port, now);
            state.releaseAllocation(0, "alice");
            now += QUARANTINE + 1;
        }
        assertEquals(10, state.freePorts(V4, now));
    }

    @Test
    void threadsNeverShareAPort() throws Exception {
        var relay = new ServerSettings.Relay(IPV4, null, null, null, 49152, 49183, Duration.ZERO);
        var state = new LocalSharedState(relay, Quotas.perUser(4), random());
        var owners = new AtomicIntegerArray(65536);
        Callable<Void> worker =
                () -> {
                    for (int i = 0; i < 20_000; i++) {
                        int port = state.leasePort(V4, PortRule.values()[i % 2], now);
                        assertEquals(1, owners.incrementAndGet(port), "owners of port " + port);
                        assertTrue(state.acquireAllocation(0, "user"));
                        state.releaseAllocation(0, "user");
                        owners.decrementAndGet(port);
                        state.returnPort(V4, port, now);
                    }
                    return null;
                };
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var run : threads.invokeAll(List.of(worker, worker, worker, worker))) {
                run.get(30, TimeUnit.SECONDS);
            }
        }
        assertEquals(32, state.freePorts(V4, now));
    }

    private static LocalSharedState state(int minPort, int maxPort) {
        return state(IPV4, null, null, minPort, maxPort);
    }

    private static LocalSharedState state(
            @Nullable TransportAddress ipv4,
            @Nullable TransportAddress externalIpv4,
            @Nullable TransportAddress ipv6,
            int minPort,
            int maxPort) {
        return new LocalSharedState(
                relay(ipv4, externalIpv4, ipv6, minPort, maxPort), Quotas.perUser(100), random());
    }

    private static ServerSettings.Relay relay(
            @Nullable TransportAddress ipv4,
            @Nullable TransportAddress externalIpv4,
            @Nullable TransportAddress ipv6,
            int minPort,
            int maxPort) {
        return new ServerSettings.Relay(
                ipv4, ipv6, externalIpv4, null, minPort, maxPort, Duration.ofSeconds(30));
    }

    private static RandomGenerator random() {
        return new SplittableRandom(20260728);
    }
}
