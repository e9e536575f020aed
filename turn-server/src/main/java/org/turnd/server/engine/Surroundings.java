package org.turnd.server.engine;

/// What the parts of one shard's engine work with.
///
/// @param shard the engine's number
record Surroundings(
        int shard,
        EngineSettings settings,
        SharedState shared,
        EngineSink sink,
        EngineEvents events,
        EngineCounters counters) {}
