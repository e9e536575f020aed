package org.turnd.server.fuzz;

/// What a fuzzer must find, and finds only when it is guided by coverage.
public final class PlantedBug {
    private sealed interface Word permits Few, Many {}

    private record Few() implements Word {}

    private record Many(byte first, byte last) implements Word {}

    private PlantedBug() {}

    /// Called by the fuzzer.
    public static void fuzzerTestOneInput(byte[] input) {
        Word word = input.length < 4 ? new Few() : new Many(input[0], input[3]);
        if (word instanceof Many(byte first, byte last) && first == 'b' && last == '!') {
            if (input[1] == 'u' && input[2] == 'g') {
                throw new IllegalStateException("planted");
            }
        }
    }
}
