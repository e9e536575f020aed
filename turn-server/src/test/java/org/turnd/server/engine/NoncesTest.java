package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.turnd.stun.TransportAddress;

/// Nonces that nobody remembers.
class NoncesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LIFETIME_SECONDS = 600;
    private static final TransportAddress SOURCE = address("198.51.100.1", 1000);
    private static final ClientPath CLIENT = ClientPath.datagram(0, SOURCE);

    private final Nonces nonces =
            new Nonces(secret(1), LIFETIME_SECONDS, SecurityFeatures.DEFAULT, "example.org");

    private static byte[] secret(long seed) {
        byte[] secret = new byte[32];
        new SplittableRandom(seed).nextBytes(secret);
        return secret;
    }

    @Test
    void neverRepeatsForAnotherSource() {
        Set<String> issued = new HashSet<>();
        SplittableRandom random = new SplittableRandom(2);
        Set<TransportAddress> sources = new HashSet<>();
        while (sources.size() < 10_000) {
            TransportAddress source =
                    new TransportAddress(
                            random.nextInt(2), random.nextInt(1000), random.nextInt(0x10000));
            if (sources.add(source)) {
                assertTrue(issued.add(nonces.issue(ClientPath.datagram(0, source), 0)));
            }
        }
    }

    @Test
    void acceptsItsOwnForTheirLifetime() {
        for (long start : new long[] {0, -300 * SECOND, Long.MAX_VALUE - 3600 * SECOND}) {
            String nonce = nonces.issue(CLIENT, start);
            assertTrue(nonces.isFresh(nonce, CLIENT, start));
            assertTrue(nonces.isFresh(nonce, CLIENT, start + LIFETIME_SECONDS * SECOND));
            assertFalse(nonces.isFresh(nonce, CLIENT, start + (LIFETIME_SECONDS + 1) * SECOND));
        }
    }

    @Test
    void refusesItsOwnFromTheFuture() {
        String nonce = nonces.issue(CLIENT, 100 * SECOND);
        assertFalse(nonces.isFresh(nonce, CLIENT, 99 * SECOND));
    }

    @Test
    void refusesThoseOfAnotherSource() {
        String nonce = nonces.issue(CLIENT, 0);
        for (ClientPath other :
                new ClientPath[] {
                    ClientPath.datagram(0, SOURCE.withPort(1001)),
                    ClientPath.datagram(0, address("198.51.100.2", 1000)),
                    ClientPath.datagram(0, new TransportAddress(1, SOURCE.low(), SOURCE.port())),
                    ClientPath.stream(Transport.TCP, 0, 0, SOURCE)
                }) {
            assertFalse(nonces.isFresh(nonce, other, 0), other::toString);
        }
    }

    @Test
    void refusesThoseOfAnotherServer() {
        Nonces other =
                new Nonces(secret(2), LIFETIME_SECONDS, SecurityFeatures.DEFAULT, "example.org");
        String nonce = other.issue(CLIENT, 0);
        assertNotEquals(nonce, nonces.issue(CLIENT, 0));
        assertFalse(nonces.isFresh(nonce, CLIENT, 0));
    }

    @Test
    void refusesEveryOneBitForgery() {
        String nonce = nonces.issue(CLIENT, 0);
        byte[] sealed = Base64.getUrlDecoder().decode(nonce.substring(13));
        assertEquals(20, sealed.length);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] forged = sealed.clone();
            forged[bit / 8] ^= (byte) (1 << (bit % 8));
            String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(forged);
            assertFalse(nonces.isFresh(nonce.substring(0, 13) + encoded, CLIENT, 0));
        }
    }

    @Test
    void refusesARenewedIssueTime() {
        String nonce = nonces.issue(CLIENT, 0);
        long later = (LIFETIME_SECONDS + 1) * SECOND;
        byte[] sealed = Base64.getUrlDecoder().decode(nonce.substring(13));
        sealed[2] = (byte) ((LIFETIME_SECONDS + 1) >> 8);
        sealed[3] = (byte) (LIFETIME_SECONDS + 1);
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
        assertFalse(nonces.isFresh(nonce.substring(0, 13) + encoded, CLIENT, later));
    }

    @Test
    void refusesWhatIsNoNonceAtAll() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder("obMatJos2AAAB");
            text.setLength(random.nextInt(14));
            int length = random.nextInt(4) == 0 ? random.nextInt(100) : 40;
            while (text.length() < length) {
                text.append((char) random.nextInt(random.nextBoolean() ? 0x7F : 0xFFFF));
            }
            assertFalse(nonces.isFresh(text.toString(), CLIENT, 0));
        }
    }
}
