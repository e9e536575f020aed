package org.turnd.server.simulation;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Damaged copies of datagrams.
final class Mutation {
    private Mutation() {}

    static byte[] of(byte[] original, RandomGenerator random) {
        if (original.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(original, random.nextInt(original.length));
            case 1 -> Arrays.copyOf(original, original.length + 1 + random.nextInt(8));
            case 2 -> flip(original, Math.min(original.length, 24), random);
            default -> flip(original, original.length, random);
        };
    }

    private static byte[] flip(byte[] original, int among, RandomGenerator random) {
        byte[] copy = original.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            copy[random.nextInt(among)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
    }
}
