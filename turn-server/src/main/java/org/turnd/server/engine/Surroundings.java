package org.turnd.server.engine;

/// What the parts of one shard's engine work with. The settings may change while it runs, so nobody
/// keeps them: they are asked for here.
final class Surroundings {
    private final int shard;
    private final SharedState shared;
    private final EngineSink sink;
    private final EngineEvents events;
    private final EngineCounters counters;
    private EngineSettings settings;

    /// @param shard the engine's number
    Surroundings(
            int shard,
            EngineSettings settings,
            SharedState shared,
            EngineSink sink,
            EngineEvents events,
            EngineCounters counters) {
        this.shard = shard;
        this.settings = settings;
        this.shared = shared;
        this.sink = sink;
        this.events = events;
        this.counters = counters;
    }

    int shard() {
        return shard;
    }

    EngineSettings settings() {
        return settings;
    }

    /// Goes by other settings from now on.
    void use(EngineSettings next) {
        settings = next;
    }

    SharedState shared() {
        return shared;
    }

    EngineSink sink() {
        return sink;
    }

    EngineEvents events() {
        return events;
    }

    EngineCounters counters() {
        return counters;
    }
}
