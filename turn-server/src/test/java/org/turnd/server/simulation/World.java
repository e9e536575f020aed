package org.turnd.server.simulation;

import java.util.List;
import java.util.random.RandomGenerator;
import org.turnd.server.policy.LocalSharedState;

/// What everything in one scenario shares. Every part splits its own generator off `random`, so
/// that one part's draws don't shift another's.
record World(
        ScenarioSettings settings,
        RandomGenerator.SplittableGenerator random,
        VirtualNetwork network,
        AddressPlan plan,
        LocalSharedState shared,
        Authentication authentication,
        RelaySockets sockets,
        Model model,
        Invariants invariants,
        Trace trace) {

    static World from(long seed) {
        RandomGenerator.SplittableGenerator random = new java.util.SplittableRandom(seed);
        ScenarioSettings settings = ScenarioSettings.from(random.split());
        AddressPlan plan = new AddressPlan(settings.ipv6(), settings.mapped());
        LocalSharedState shared = VirtualServer.sharedState(settings, plan, random.split());
        Authentication authentication = new Authentication(settings);
        RelaySockets sockets = new RelaySockets(settings, plan);
        Model model = new Model();
        return new World(
                settings,
                random,
                new VirtualNetwork(settings, random.split()),
                plan,
                shared,
                authentication,
                sockets,
                model,
                new Invariants(settings, plan, model, sockets, authentication, shared),
                new Trace(settings.startNanos()));
    }

    /// Returns one of these.
    static <T> T anyOf(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
