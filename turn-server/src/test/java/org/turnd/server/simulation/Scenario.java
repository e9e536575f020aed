package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.turnd.server.engine.SharedState;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// One simulated afternoon of a server: everybody acts for a while, then all leave, time passes,
/// and nothing may be left behind.
final class Scenario {
    private static final long EVENTS_MAX = 100_000;

    private final World world;
    private final VirtualNetwork network;
    private final ScenarioSettings settings;
    private final RandomGenerator random;
    private final VirtualServer server;
    private final SimulatedPeers peers;
    private final Internet.Inhabited internet;
    private final List<HostileClient> hostiles = new ArrayList<>();
    private final EdgeProber prober;
    private int actions;
    private boolean over;

    Scenario(long seed) {
        world = World.from(seed);
        network = world.network();
        settings = world.settings();
        server = new VirtualServer(world);
        peers = new SimulatedPeers(world, server);
        internet = new Internet.Inhabited(network, peers);
        server.connect(internet);
        prober = new EdgeProber(world, server);
        random = world.random().split();
        ClientWishes wishes = new ClientWishes(world.random().split());
        for (int i = 0; i < settings.clients(); i++) {
            internet.add(new SimulatedClient(i, world, server, nat(i), wishes));
        }
        for (int i = 0; i < settings.hostileClients(); i++) {
            hostiles.add(new HostileClient(world, server));
        }
    }

    /// Runs it to its end, or throws what went wrong.
    void run() {
        internet.clients().forEach(client -> repeat(client::act));
        hostiles.forEach(hostile -> repeat(hostile::act));
        repeat(peers::act);
        repeat(prober::act);
        repeat(this::upset);
        while (network.step()) {
            check(network.eventsRun() < EVENTS_MAX, "the scenario doesn't end");
            if (actions >= settings.clientActions() && !over) {
                over = true;
                internet.clients().forEach(SimulatedClient::leave);
                hostiles.forEach(HostileClient::leave);
            }
        }
        checkNothingIsLeft();
    }

    Trace trace() {
        return world.trace();
    }

    ScenarioSettings settings() {
        return settings;
    }

    Tally tally() {
        return server.finalTally();
    }

    /// Lets somebody act again and again until the scenario is over.
    private void repeat(Runnable act) {
        network.after(
                pauseNanos(),
                () -> {
                    if (!over) {
                        actions++;
                        act.run();
                        repeat(act);
                    }
                });
    }

    private long pauseNanos() {
        int dice = random.nextInt(20);
        if (dice < 12) {
            return random.nextLong(VirtualNetwork.SECONDS);
        }
        return dice < 18
                ? random.nextLong(30 * VirtualNetwork.SECONDS)
                : random.nextLong(240 * VirtualNetwork.SECONDS);
    }

    /// What befalls the server as a whole.
    private void upset() {
        int dice = random.nextInt(6);
        LocalSharedState shared = world.shared();
        if (dice == 0 && settings.clockJumps()) {
            network.jump(random.nextLong(2_000 * VirtualNetwork.SECONDS));
        } else if (dice == 1 && settings.restarts()) {
            int shard = random.nextInt(server.shardCount());
            server.restart(shard);
            hostiles.forEach(hostile -> hostile.shardRestarted(shard));
        } else if (settings.drains()) {
            shared.setDraining(dice == 2);
        }
    }

    private VirtualNat nat(int client) {
        VirtualNat.Kind kind = World.anyOf(List.of(VirtualNat.Kind.values()), random);
        TransportAddress external =
                switch (random.nextInt(12)) {
                    case 0 -> AddressPlan.address("2a03:1::" + (client + 1), 0);
                    case 1 -> AddressPlan.address("2002:2d01::" + (client + 1), 0);
                    default -> AddressPlan.address("45.1.0." + (client + 1), 0);
                };
        return new VirtualNat(kind, external, random.nextLong(20, 400) * VirtualNetwork.SECONDS);
    }

    private void checkNothingIsLeft() {
        check(server.allocationCount() == 0, "%d allocations are left", server.allocationCount());
        check(world.model().allocations().isEmpty(), "the model has allocations left");
        check(world.model().pendingCount() == 0, "an Allocate was never answered");
        world.sockets().checkAllClosed();
        network.jump(
                RelaySockets.RESERVATION_NANOS
                        + (settings.quarantineSeconds() + 1) * VirtualNetwork.SECONDS);
        LocalSharedState shared = world.shared();
        for (AddressFamily family : AddressFamily.values()) {
            TransportAddress outside = world.plan().relayOutside(family);
            if (outside == null) {
                continue;
            }
            int free = shared.freePorts(family, network.nowNanos());
            check(
                    free == settings.relayPorts(),
                    "F-31: %d of %d %s ports came back",
                    free,
                    settings.relayPorts(),
                    family);
            for (int i = 0; i < settings.relayPorts(); i++) {
                long found =
                        shared.findRelay(
                                outside.high(), outside.low(), RelaySockets.FIRST_PORT + i);
                check(found == SharedState.NONE, "a dead relay is in the directory");
            }
        }
        for (int user = 0; user < settings.users(); user++) {
            for (int i = 0; i < settings.allocationsPerUser(); i++) {
                check(
                        shared.acquireAllocation(0, Authentication.username(user)),
                        "F-25: a quota came back %d short",
                        settings.allocationsPerUser() - i);
            }
        }
    }
}
