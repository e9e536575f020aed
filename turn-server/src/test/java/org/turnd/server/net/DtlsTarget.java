package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/// A datagram to a DTLS listener from somebody who has no cookie: no handshake begins, and what
/// comes back is shorter than what came.
public final class DtlsTarget {
    private static final TlsCrypto CRYPTO = new JcaTlsCryptoProvider().create(new SecureRandom());
    private static final DtlsCookies COOKIES = new DtlsCookies(CRYPTO, 0);

    private DtlsTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuf buffer = Unpooled.wrappedBuffer(input);
        if (DtlsMessages.isClientHello(buffer, 0, input.length)) {
            byte[] random = DtlsMessages.random(buffer, 0);
            assertEquals(DtlsMessages.RANDOM_BYTES, random.length);
            assertTrue(DtlsMessages.hasRandom(buffer, 0, random));
        }
        DtlsMessages.haveKnownVersions(buffer, 0, input.length);
        DtlsMessages.arePlainMessagesShort(input);
        DtlsMessages.areShort(input, 0, input.length);
        assertNull(COOKIES.verify(0, 0, 1, 2, input, input.length, 0), "nobody has a cookie");
        byte[] answer = COOKIES.answer();
        if (answer != null) {
            assertTrue(answer.length <= input.length, "%d bytes".formatted(answer.length));
        }
    }
}
