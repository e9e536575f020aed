package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSTransport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.FirstByte;

/// The DTLS clients of one shard (RFC 7350): tells their datagrams from STUN's, lets a handshake
/// begin when a client has shown that it is where it says, and keeps its session by address.
/// Belongs to the shard's thread where it says nothing else.
final class DtlsSessions {
    /// RFC 6347 §4.1.1: 2^14.
    static final int PLAINTEXT_BYTES_MAX = 1 << 14;

    /// No ClientHello is longer. One that comes in fragments is not understood.
    private static final int CLIENT_HELLO_BYTES_MAX = 4096;

    private static final int NONE = -1;
    private static final Logger LOG = LoggerFactory.getLogger(DtlsSessions.class);

    private final Shard shard;
    private final UdpIo udp;
    private final RelayedSends relayed;
    private final ClientConnections clients;
    private final DtlsServer server;
    private final StreamLimits limits;
    private final DtlsCookies cookies;
    private final Map<DtlsKey, DtlsSession> handshakes = new HashMap<>();
    private final Map<DtlsKey, DtlsSession> established = new HashMap<>();
    private final DtlsKey sought = new DtlsKey();
    private final byte[] clientHello = new byte[CLIENT_HELLO_BYTES_MAX];
    private final byte[] outgoing = new byte[PLAINTEXT_BYTES_MAX];
    private final byte[] plaintext =
            new byte[UdpIo.HEADROOM_BYTES + PLAINTEXT_BYTES_MAX + UdpIo.TAILROOM_BYTES];
    private final ByteBuf message = Unpooled.wrappedBuffer(plaintext);

    /// The DTLS listener of each socket.
    private int[] listeners = new int[0];

    private boolean[] alone = new boolean[0];

    DtlsSessions(
            Shard shard,
            UdpIo udp,
            RelayedSends relayed,
            ClientConnections clients,
            DtlsServer server) {
        this.shard = shard;
        this.udp = udp;
        this.relayed = relayed;
        this.clients = clients;
        this.server = server;
        this.limits = server.limits();
        cookies = new DtlsCookies(server.crypto(), System.nanoTime());
    }

    /// Serves DTLS on a socket.
    ///
    /// @param isAlone nothing but DTLS comes there; otherwise STUN does too (P-06)
    void listen(int socket, int listener, boolean isAlone) {
        int known = listeners.length;
        if (socket >= known) {
            listeners = Arrays.copyOf(listeners, socket + 1);
            Arrays.fill(listeners, known, socket + 1, NONE);
            alone = Arrays.copyOf(alone, socket + 1);
        }
        listeners[socket] = listener;
        alone[socket] = isAlone;
    }

    /// Takes a datagram if it is for DTLS rather than for the engine (P-07, RFC 7983 §7).
    boolean took(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (socket >= listeners.length
                || listeners[socket] == NONE
                || !(alone[socket] || isDtls(buffer, offset, length))) {
            return false;
        }
        wake();
        relayed.beginDatagram();
        try {
            onDatagram(socket, high, low, port, buffer, offset, length);
        } catch (RuntimeException e) {
            shard.onFault(e);
        }
        return true;
    }

    private static boolean isDtls(ByteBuf buffer, int offset, int length) {
        return length > 0 && FirstByte.of(buffer.getByte(offset)) == FirstByte.DTLS;
    }

    private void onDatagram(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (!isDtls(buffer, offset, length)
                || !DtlsMessages.haveKnownVersions(buffer, offset, length)) {
            counters().add(Counter.DTLS_IGNORED_DATAGRAMS, 1);
            return;
        }
        sought.set(listeners[socket], high, low, port);
        if (DtlsMessages.isClientHello(buffer, offset, length)) {
            onClientHello(socket, buffer, offset, length);
            return;
        }
        DtlsSession handshake = handshakes.isEmpty() ? null : handshakes.get(sought);
        DtlsSession session = established.get(sought);
        if (handshake != null) {
            handshake.enqueue(buffer, offset, length);
        }
        if (session != null) {
            session.onDatagram(buffer, offset, length);
        }
        if (handshake == null && session == null) {
            counters().add(Counter.DTLS_IGNORED_DATAGRAMS, 1);
        }
    }

    private void onClientHello(int socket, ByteBuf buffer, int offset, int length) {
        DtlsSession handshake = handshakes.get(sought);
        if (handshake != null && handshake.beganWith(buffer, offset)) {
            // The client asks again for the flight that it waits for.
            handshake.enqueue(buffer, offset, length);
            return;
        }
        DtlsSession session = established.get(sought);
        if (length > clientHello.length || (session != null && session.beganWith(buffer, offset))) {
            counters().add(Counter.DTLS_IGNORED_DATAGRAMS, 1);
            return;
        }
        buffer.getBytes(offset, clientHello, 0, length);
        DTLSRequest request =
                cookies.verify(
                        sought.listener(),
                        sought.high(),
                        sought.low(),
                        sought.port(),
                        clientHello,
                        length,
                        wake());
        if (request != null) {
            DtlsServer.Admission admission = server.begin(sought);
            if (admission == DtlsServer.Admission.GRANTED) {
                begin(socket, request, DtlsMessages.random(buffer, offset));
            } else {
                refuse(socket, admission, buffer, offset);
            }
            return;
        }
        byte[] answer = cookies.answer();
        if (answer == null) {
            counters().add(Counter.DTLS_IGNORED_DATAGRAMS, 1);
            return;
        }
        counters().add(Counter.DTLS_COOKIES_SENT, 1);
        send(socket, answer);
    }

    /// Where the server is full the client asks again by itself, and may find room. One address is
    /// as full as its sessions are long: its client is told at once, in fewer bytes than it sent.
    private void refuse(
            int socket, DtlsServer.Admission admission, ByteBuf clientHello, int offset) {
        boolean byAddress = admission == DtlsServer.Admission.ADDRESS_FULL;
        Counter counter =
                byAddress ? Counter.DTLS_REFUSED_BY_ADDRESS : Counter.DTLS_HANDSHAKES_REFUSED;
        counters().add(counter, 1);
        long refused = counters().get(counter);
        if (Long.bitCount(refused) == 1) {
            LOG.warn(
                    "A DTLS client is not let in ({} so far): {} is reached",
                    refused,
                    byAddress
                            ? "limits.connections-per-address"
                            : "limits.dtls-handshakes or limits.connections");
        }
        if (byAddress) {
            send(socket, DtlsMessages.refusal(clientHello, offset));
        }
    }

    private void send(int socket, byte[] datagram) {
        udp.send(
                socket,
                sought.high(),
                sought.low(),
                sought.port(),
                Unpooled.wrappedBuffer(datagram),
                0,
                datagram.length);
    }

    private void begin(int socket, DTLSRequest request, byte[] clientRandom) {
        DtlsKey key = sought.copy();
        var session = new DtlsSession(this, key, socket, clients.nextId(), clientRandom);
        DtlsSession other = handshakes.put(key, session);
        if (other != null) {
            // The client has started afresh.
            other.abandon();
            server.sessionEnded(key);
        }
        session.begin(server, request);
    }

    /// A handshake has failed or taken too long.
    void onFailed(DtlsSession session) {
        if (handshakes.remove(session.key(), session)) {
            session.abandon();
            server.sessionEnded(session.key());
            counters().add(Counter.DTLS_HANDSHAKES_FAILED, 1);
        }
    }

    /// A handshake is done. It takes the place of the session that the client may have had before
    /// (RFC 6347 §4.2.8).
    void onEstablished(DtlsSession session, DTLSTransport transport, boolean natDiscovery) {
        if (!handshakes.remove(session.key(), session)) {
            return;
        }
        counters().add(Counter.DTLS_HANDSHAKES, 1);
        DtlsSession before = established.get(session.key());
        if (before != null) {
            before.abandon();
            end(before);
        }
        established.put(session.key(), session);
        session.establish(transport, natDiscovery);
        clients.add(session);
        session.takeQueued();
    }

    /// A session is over, and with it the five-tuple (C-14). A second call does nothing.
    void end(DtlsSession session) {
        if (!established.remove(session.key(), session)) {
            return;
        }
        clients.remove(session);
        session.abandon();
        server.sessionEnded(session.key());
        counters().add(Counter.DTLS_SESSIONS_ENDED, 1);
        shard.onPathClosed(session.path());
    }

    /// Ends what the shard's other connections are not: the unfinished handshakes.
    void stop() {
        for (DtlsSession session : List.copyOf(handshakes.values())) {
            onFailed(session);
        }
        udp.flush();
    }

    /// Sends a datagram as it is.
    void transmit(DtlsSession session, ByteBuf datagram, boolean isRelayed) {
        DtlsKey to = session.key();
        int length = datagram.readableBytes();
        if (isRelayed) {
            relayed.send(session.socket(), to.high(), to.low(), to.port(), datagram, 0, length);
        } else {
            udp.send(session.socket(), to.high(), to.low(), to.port(), datagram, 0, length);
        }
    }

    /// Hands the first bytes of [#plaintext], behind the headroom, to the engine.
    void deliver(ClientPath path, int length) {
        shard.onMessage(path, message, UdpIo.HEADROOM_BYTES, length);
    }

    /// Where records are decrypted to.
    byte[] plaintext() {
        return plaintext;
    }

    /// Where messages wait for encryption.
    byte[] outgoing() {
        return outgoing;
    }

    /// A handshake has failed by a bug. On any thread.
    void onFault(RuntimeException bug) {
        onLoop(() -> shard.onFault(bug));
    }

    StreamLimits limits() {
        return limits;
    }

    ShardCounters counters() {
        return shard.counters();
    }

    long wake() {
        return shard.wake();
    }

    Future<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return shard.loop().schedule(task, delay, unit);
    }

    /// Runs a task on the shard's thread, unless the shard has stopped. On any thread.
    void onLoop(Runnable task) {
        try {
            shard.loop()
                    .execute(() -> {
                        wake();
                        task.run();
                    });
        } catch (RejectedExecutionException e) {
            LOG.debug("A shard has stopped; a DTLS handshake ends with it");
        }
    }
}
