package org.turnd.server.simulation;

import java.util.random.RandomGenerator;

/// The circumstances of one scenario, all drawn from its seed.
///
/// @param clientActions how often clients act before everybody leaves
/// @param bindFailureRate share of relay sockets that can't be opened
record ScenarioSettings(
        long startNanos,
        int clientActions,
        int shards,
        int clients,
        int hostileClients,
        int users,
        int allocationsPerUser,
        boolean ipv6,
        boolean mapped,
        int relayPorts,
        int quarantineSeconds,
        int maxLifetimeSeconds,
        int nonceLifetimeSeconds,
        int allocationsMax,
        int permissionsMax,
        int channelsMax,
        double lossRate,
        double duplicationRate,
        double reorderRate,
        double corruptionRate,
        double bindFailureRate,
        boolean clockJumps,
        boolean restarts,
        boolean drains) {

    static ScenarioSettings from(RandomGenerator random) {
        boolean rough = random.nextInt(3) > 0;
        return new ScenarioSettings(
                random.nextLong(-1L << 50, 1L << 50),
                random.nextInt(150, 450),
                random.nextInt(1, 4),
                random.nextInt(3, 9),
                random.nextInt(3),
                random.nextInt(1, 4),
                random.nextInt(1, 6),
                random.nextInt(4) > 0,
                random.nextInt(3) == 0,
                random.nextInt(6, 60),
                random.nextInt(0, 90),
                random.nextInt(600, 3601),
                random.nextInt(30, 1200),
                random.nextInt(4) == 0 ? 2 : 100,
                random.nextInt(1, 8),
                random.nextInt(1, 5),
                rough ? random.nextDouble(0.15) : 0,
                rough ? random.nextDouble(0.10) : 0,
                rough ? random.nextDouble(0.20) : 0,
                random.nextBoolean() ? random.nextDouble(0.03) : 0,
                random.nextInt(3) == 0 ? random.nextDouble(0.6) : 0.02,
                random.nextInt(4) == 0,
                random.nextInt(4) == 0,
                random.nextInt(4) == 0);
    }

    /// Says whether every payload that arrives must be as it was sent.
    boolean leavesPayloadsIntact() {
        return corruptionRate == 0 && hostileClients == 0;
    }
}
