package org.turnd.server.net;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.turnd.server.policy.AddressCounts;
import org.turnd.stun.TransportAddress;

/// What the DTLS of all shards shares: the certificate and the bounds. Safe on every thread.
final class DtlsServer {
    private final DtlsCrypto crypto = new DtlsCrypto(new SecureRandom());
    private final int handshakesMax;
    private final int sessionsMax;
    private final int sessionsPerAddress;
    private final AddressCounts addresses = new AddressCounts();
    private final StreamLimits limits;
    private final AtomicInteger handshakes = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private volatile DtlsCertificate certificate;

    /// @param handshakesMax unfinished handshakes at most
    /// @param sessionsMax sessions at most, unfinished handshakes among them
    /// @param sessionsPerAddress those of one client address at most, 0 for no bound
    /// @param limits of one session
    DtlsServer(
            TlsMaterial material,
            int handshakesMax,
            int sessionsMax,
            int sessionsPerAddress,
            StreamLimits limits) {
        this.handshakesMax = handshakesMax;
        this.sessionsMax = sessionsMax;
        this.sessionsPerAddress = sessionsPerAddress;
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

    /// Whether a handshake may begin.
    enum Admission {
        GRANTED,
        /// The server has as many handshakes or sessions as it may.
        SERVER_FULL,
        /// The client's address has as many sessions as it may.
        ADDRESS_FULL
    }

    /// Takes a place for a handshake and one for its session, or none when one of them is lacking
    /// (P-11): of the server, or of the client's address (S-09).
    Admission begin(DtlsKey client) {
        if (!addresses.acquire(address(client), sessionsPerAddress)) {
            return Admission.ADDRESS_FULL;
        }
        if (take(handshakes, handshakesMax)) {
            if (take(sessions, sessionsMax)) {
                return Admission.GRANTED;
            }
            handshakes.decrementAndGet();
        }
        addresses.release(address(client));
        return Admission.SERVER_FULL;
    }

    private static TransportAddress address(DtlsKey client) {
        return new TransportAddress(client.high(), client.low(), client.port());
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

    /// Gives back the place of a client's session.
    void sessionEnded(DtlsKey client) {
        sessions.decrementAndGet();
        addresses.release(address(client));
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
