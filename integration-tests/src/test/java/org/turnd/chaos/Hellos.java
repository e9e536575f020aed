package org.turnd.chaos;

import java.nio.ByteBuffer;
import java.util.Random;

/// First messages of handshakes.
final class Hellos {
    private static final byte[] EXTENSIONS = {
        // supported_groups: secp256r1; ec_point_formats; signature_algorithms: ecdsa_secp256r1
        0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 4, 0, 2, 4, 3
    };
    private static final int BODY_BYTES = 2 + 32 + 1 + 1 + 6 + 2 + 2 + EXTENSIONS.length;

    private Hellos() {}

    /// A ClientHello of DTLS 1.2 without a cookie.
    static byte[] dtls(Random random) {
        byte[] randomBytes = new byte[32];
        random.nextBytes(randomBytes);
        return ByteBuffer.allocate(13 + 12 + BODY_BYTES)
                .put(new byte[] {22, (byte) 0xFE, (byte) 0xFD})
                .put(new byte[8])
                .putShort((short) (12 + BODY_BYTES))
                .putInt(1 << 24 | BODY_BYTES)
                .put(new byte[5])
                .put((byte) 0)
                .putShort((short) BODY_BYTES)
                .putShort((short) 0xFEFD)
                .put(randomBytes)
                .put(new byte[] {0, 0, 0, 4, 0, (byte) 0xFF, (byte) 0xC0, 0x2B, 1, 0})
                .putShort((short) EXTENSIONS.length)
                .put(EXTENSIONS)
                .array();
    }

    /// The header of a TLS record with a ClientHello that never comes.
    static byte[] beginningOfTls() {
        return new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 0xFC, 3, 3};
    }
}
