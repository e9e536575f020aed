package org.turnd.server.net;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.tls.crypto.TlsCrypto;

/// What the DTLS of all shards shares: the certificate and the bounds. Safe on every thread.
final class DtlsServer {
    private final DtlsCrypto crypto = new DtlsCrypto(new SecureRandom());
    private final int handshakesMax;
    private final int sessionsMax;
    private final StreamLimits limits;
    private final AtomicInteger handshakes = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private volatile DtlsCertificate certificate;

    /// @param handshakesMax unfinished handshakes at most
    /// @param sessionsMax sessions at most, unfinished handshakes among them
    /// @param limits of one session
    DtlsServer(TlsMaterial material, int handshakesMax, int sessionsMax, StreamLimits limits) {
        this.handshakesMax = handshakesMax;
        this.sessionsMax = sessionsMax;
        this.limits = limits;
        certificate = certificate(material);
    }

    /// Makes a certificate ready to be used.
    DtlsCertificate certificate(TlsMaterial material) {
        return new DtlsCertificate(material, crypto);
    }

    /// Uses another certificate for the handshakes that begin from now on (P-10).
    void use(DtlsCertificate next) {
        certificate = next;
    }

    TlsCrypto crypto() {
        return crypto;
    }

    StreamLimits limits() {
        return limits;
    }

    /// Makes what one shard needs; for its thread.
    DtlsSessions on(Shard shard, UdpIo udp, RelayedSends relayed, ClientConnections connections) {
        return new DtlsSessions(shard, udp, relayed, connections, this);
    }

    DtlsHandshake newHandshake() {
        int timeoutMillis = (int) TimeUnit.NANOSECONDS.toMillis(limits.handshakeNanos());
        return new DtlsHandshake(crypto, certificate, timeoutMillis);
    }

    /// Takes a place for a handshake and one for its session. Returns false when there is none
    /// (P-11).
    boolean begin() {
        if (!take(handshakes, handshakesMax)) {
            return false;
        }
        if (!take(sessions, sessionsMax)) {
            handshakes.decrementAndGet();
            return false;
        }
        return true;
    }

    private static boolean take(AtomicInteger places, int max) {
        if (places.incrementAndGet() > max) {
            places.decrementAndGet();
            return false;
        }
        return true;
    }

    /// Gives back the place of a handshake that is over, whatever came of it.
    void handshakeEnded() {
        handshakes.decrementAndGet();
    }

    /// Gives back the place of a session.
    void sessionEnded() {
        sessions.decrementAndGet();
    }

    /// Handshakes that are going on.
    int handshakes() {
        return handshakes.get();
    }

    /// Sessions, unfinished handshakes among them.
    int sessions() {
        return sessions.get();
    }
}
