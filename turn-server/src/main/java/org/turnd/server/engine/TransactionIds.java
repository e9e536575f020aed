package org.turnd.server.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// Transaction ids of our own indications: fresh and as random as the generator (I-10), drawn in
/// bulk because one goes into every Data indication.
final class TransactionIds {
    private static final int POOL_BYTES = 4096;
    private static final int ID_BYTES = Integer.BYTES + Long.BYTES;
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final RandomGenerator random;
    private final byte[] pool = new byte[POOL_BYTES];
    private int position = POOL_BYTES;
    private int high;
    private long low;

    TransactionIds(RandomGenerator random) {
        this.random = random;
    }

    /// Draws the next id.
    void next() {
        if (position > POOL_BYTES - ID_BYTES) {
            random.nextBytes(pool);
            position = 0;
        }
        high = (int) INT.get(pool, position);
        low = (long) LONG.get(pool, position + Integer.BYTES);
        position += ID_BYTES;
    }

    int high() {
        return high;
    }

    long low() {
        return low;
    }
}
