package org.turnd.server.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.Counter;
import org.turnd.server.engine.RefusalCause;

/// Runs scenarios from seeds. `-Dturnd.simulation.seeds=N` runs N of them, beginning with
/// `-Dturnd.simulation.firstSeed=S`.
class SimulationTest {
    private static final long SEEDS = Long.getLong("turnd.simulation.seeds", 1_000);
    private static final long FIRST_SEED = Long.getLong("turnd.simulation.firstSeed", 1);

    /// Seeds that once found something; they run first, whatever the properties say.
    private static final List<Long> KEPT_SEEDS = List.of();

    private static final int SEEDS_FOR_COVERAGE = 100;

    /// Clients of the simulation neither move nor flood, and its servers offer neither TCP relays
    /// nor third-party authorization; nobody has to be asked for.
    private static final EnumSet<Counter> NOT_COUNTED =
            EnumSet.of(
                    Counter.CLIENTS_MOVED,
                    Counter.DROPPED_DISCOVERY_RATE,
                    // Its settings and users stay as they are; ReviewTest changes them.
                    Counter.PERMISSIONS_REVOKED,
                    Counter.DROPPED_ALLOCATION_BANDWIDTH,
                    Counter.DROPPED_USER_BANDWIDTH,
                    Counter.DROPPED_REALM_BANDWIDTH,
                    Counter.DROPPED_TOTAL_BANDWIDTH,
                    Counter.DROPPED_REFLECTION,
                    Counter.DROPPED_STRANGER_RATE,
                    Counter.DROPPED_LOGIN_RATE,
                    Counter.REQUESTS_WAITED,
                    Counter.DROPPED_NO_ANSWER,
                    Counter.DROPPED_TOO_MANY_WAITING,
                    Counter.PEER_CONNECTIONS_OPENED,
                    Counter.PEER_CONNECTIONS_CLOSED,
                    Counter.PEER_CONNECTIONS_REFUSED,
                    Counter.PEER_CONNECTIONS_NOT_BOUND);

    private static final EnumSet<RefusalCause> NOT_REFUSED =
            EnumSet.of(
                    RefusalCause.REDIRECTED,
                    RefusalCause.REVOKED,
                    RefusalCause.MOBILITY_FORBIDDEN,
                    RefusalCause.BAD_TICKET,
                    RefusalCause.UNKNOWN_KEY_ID,
                    RefusalCause.BAD_TOKEN,
                    RefusalCause.EXPIRED_TOKEN,
                    RefusalCause.USERS_UNAVAILABLE,
                    RefusalCause.CLIENT_QUOTA,
                    RefusalCause.REALM_QUOTA,
                    RefusalCause.TRANSPORT_DENIED,
                    RefusalCause.WRONG_TRANSPORT,
                    RefusalCause.CONNECTION_EXISTS,
                    RefusalCause.CONNECT_FAILED,
                    RefusalCause.NO_CONNECTION);

    @Test
    void keepsItsPromisesInEverySeed() {
        KEPT_SEEDS.forEach(SimulationTest::run);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    void runsTheSameFromTheSameSeed() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 5; seed++) {
            Scenario first = run(seed);
            Scenario second = run(seed);
            assertEquals(first.trace().steps(), second.trace().steps());
            assertEquals(first.trace().hash(), second.trace().hash());
        }
        assertNotEquals(run(1).trace().hash(), run(2).trace().hash());
    }

    @Test
    void comesAcrossEverythingAnEngineCounts() {
        Tally tally = new Tally();
        for (long seed = 1; seed <= SEEDS_FOR_COVERAGE; seed++) {
            tally.add(run(seed).tally());
        }
        for (Counter counter : EnumSet.complementOf(NOT_COUNTED)) {
            assertTrue(tally.get(counter) > 0, () -> counter + " never happens: " + tally);
        }
        for (RefusalCause cause : EnumSet.complementOf(NOT_REFUSED)) {
            assertTrue(tally.get(cause) > 0, () -> cause + " never happens: " + tally);
        }
    }

    private static Scenario run(long seed) {
        Scenario scenario = new Scenario(seed);
        try {
            scenario.run();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError(
                    """
                    seed %d, step %d: %s
                    replay: mvn -q -pl turn-server -am test -Dtest=SimulationTest \
                    -Dsurefire.failIfNoSpecifiedTests=false -Dturnd.simulation.firstSeed=%d \
                    -Dturnd.simulation.seeds=1
                    %s
                    %s\
                    """
                            .formatted(
                                    seed,
                                    scenario.trace().steps(),
                                    failure.getMessage(),
                                    seed,
                                    scenario.settings(),
                                    scenario.trace().lastSteps()),
                    failure);
        }
        return scenario;
    }
}
