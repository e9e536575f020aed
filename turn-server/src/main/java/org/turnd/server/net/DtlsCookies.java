package org.turnd.server.net;

import java.nio.ByteBuffer;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSVerifier;
import org.bouncycastle.tls.DatagramSender;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/// The stateless cookie exchange before a handshake (P-03, RFC 6347 §4.2.1): whoever can't read
/// what is sent to an address costs this server no memory. A cookie is a MAC over the client's
/// address, the listener and the ClientHello; an answer is never longer than what it answers.
/// Belongs to its shard's thread.
final class DtlsCookies {
    /// How long a key is the newest; it is good for as long again.
    static final long KEY_NANOS = 300 * 1_000_000_000L;

    private static final DatagramSender NOWHERE = new Sender(datagram -> {});

    private final TlsCrypto crypto;
    private final ByteBuffer client = ByteBuffer.allocate(2 * Long.BYTES + 2 * Integer.BYTES);
    private DTLSVerifier newest;
    private DTLSVerifier previous;
    private long newestSinceNanos;
    private byte @Nullable [] answer;

    DtlsCookies(TlsCrypto crypto, long nowNanos) {
        this.crypto = crypto;
        newest = new DTLSVerifier(crypto);
        previous = newest;
        newestSinceNanos = nowNanos;
    }

    /// Returns what a handshake begins with when the ClientHello carries a good cookie, otherwise
    /// null; then [#answer] is what to send back.
    @Nullable DTLSRequest verify(
            int listener,
            long high,
            long low,
            int port,
            byte[] clientHello,
            int length,
            long nowNanos) {
        answer = null;
        if (nowNanos - newestSinceNanos >= KEY_NANOS) {
            previous = nowNanos - newestSinceNanos < 2 * KEY_NANOS ? newest : verifier();
            newest = verifier();
            newestSinceNanos = nowNanos;
        }
        byte[] id = client.clear().putLong(high).putLong(low).putInt(port).putInt(listener).array();
        try {
            DTLSRequest request =
                    newest.verifyRequest(
                            id, clientHello, 0, length, new Sender(bytes -> answer = bytes));
            return request != null || answer == null || previous.equals(newest)
                    ? request
                    : previous.verifyRequest(id, clientHello, 0, length, NOWHERE);
        } catch (IllegalArgumentException reserved) {
            // Bouncy Castle throws this at versions that don't exist.
            return null;
        }
    }

    /// The HelloVerifyRequest that the last ClientHello asks for, null when it isn't one.
    byte @Nullable [] answer() {
        return answer;
    }

    private DTLSVerifier verifier() {
        return new DTLSVerifier(crypto);
    }

    private record Sender(Taker taker) implements DatagramSender {
        private static final int LIMIT = 512;

        @Override
        public int getSendLimit() {
            return LIMIT;
        }

        @Override
        public void send(byte[] bytes, int offset, int length) {
            byte[] datagram = new byte[length];
            System.arraycopy(bytes, offset, datagram, 0, length);
            taker.take(datagram);
        }
    }

    private interface Taker {
        void take(byte[] datagram);
    }
}
