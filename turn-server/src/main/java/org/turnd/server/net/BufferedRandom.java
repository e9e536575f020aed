package org.turnd.server.net;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/// Unpredictable numbers without a system call or an object for each: taken from a block that the
/// system's generator fills, and wiped once used. One thread.
final class BufferedRandom implements RandomGenerator {
    private static final int BLOCK_BYTES = 4096;

    private final SecureRandom source = new SecureRandom();
    private final byte[] bytes = new byte[BLOCK_BYTES];
    private final ByteBuffer block = ByteBuffer.wrap(bytes).limit(0);

    @Override
    public long nextLong() {
        if (!block.hasRemaining()) {
            source.nextBytes(bytes);
            block.clear();
        }
        int position = block.position();
        long value = block.getLong();
        block.putLong(position, 0);
        return value;
    }
}
