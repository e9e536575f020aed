package org.turnd.server.engine;

/// Hashes of the data path's primitive keys.
final class Hash {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private Hash() {}

    /// Mixes an address and a port (or a port with something in its upper bits).
    static int of(long seed, long high, long low, int port) {
        long hash = seed ^ (high * GOLDEN_GAMMA);
        hash = Long.rotateLeft(hash, 29) ^ low;
        hash = (hash ^ (hash >>> 32)) * GOLDEN_GAMMA;
        hash ^= port * 0xD6E8FEB86659FD93L;
        hash = (hash ^ (hash >>> 29)) * GOLDEN_GAMMA;
        return (int) (hash >>> 32);
    }
}
