package org.turnd.server.engine;

/// The whole engine, stateful: the input is a program for its clients and peers, see
/// [EngineProgram].
public final class EngineTarget {
    private EngineTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        new EngineProgram(input).run();
    }
}
