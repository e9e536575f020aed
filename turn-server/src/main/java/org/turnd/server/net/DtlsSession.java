package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.TransportAddress;

/// One DTLS association of a client, from its valid cookie on.
///
/// Bouncy Castle's handshake blocks, so it runs on a virtual thread and takes its datagrams from a
/// queue. Afterwards everything happens on the shard's thread: a datagram is decrypted when it
/// comes, and nothing waits for one.
final class DtlsSession implements ClientConnection, DatagramTransport {
    /// What a flight's datagrams have at most: the smallest MTU of IPv6 less the headers of IP and
    /// UDP (RFC 7350 §3, RFC 8489 §6.1).
    private static final int FLIGHT_DATAGRAM_BYTES = 1280 - 40 - 8;

    /// A client's flights have a few datagrams, and come again when some are lost.
    private static final int QUEUED_DATAGRAMS_MAX = 32;

    private static final int QUEUED_DATAGRAM_BYTES_MAX = DtlsMessages.MESSAGE_BYTES_MAX;

    private final DtlsSessions sessions;
    private final DtlsKey key;
    private final int socket;
    private final int id;
    private final byte[] clientRandom;
    private volatile boolean closed;

    /// Null when the handshake is over.
    private volatile @Nullable BlockingQueue<byte[]> queue =
            new ArrayBlockingQueue<>(QUEUED_DATAGRAMS_MAX);

    private @Nullable DTLSTransport records;
    private @Nullable ClientPath path;
    private @Nullable ByteBuf received;
    private int receivedOffset;
    private int receivedLength;
    private boolean relaying;
    private @Nullable Future<?> deadline;
    private long lastProgressNanos;
    private boolean spoke;
    private boolean allocated;

    /// @param id unique among the shard's connections
    /// @param clientRandom of the ClientHello that the session begins with
    DtlsSession(DtlsSessions sessions, DtlsKey key, int socket, int id, byte[] clientRandom) {
        this.sessions = sessions;
        this.key = key;
        this.socket = socket;
        this.id = id;
        this.clientRandom = clientRandom;
    }

    DtlsKey key() {
        return key;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public ClientPath path() {
        ClientPath known = path;
        if (known == null) {
            throw new IllegalStateException("the handshake isn't done");
        }
        return known;
    }

    /// Says whether this is the ClientHello that the session began with, or a copy.
    boolean beganWith(ByteBuf clientHello, int offset) {
        return DtlsMessages.hasRandom(clientHello, offset, clientRandom);
    }

    /// Goes through the handshake on a thread of its own.
    void begin(DtlsServer server, DTLSRequest request) {
        var _ =
                Thread.ofVirtual()
                        .name("turnd-dtls")
                        .start(() -> shakeHands(server, server.newHandshake(), request));
    }

    private void shakeHands(DtlsServer server, DtlsHandshake handshake, DTLSRequest request) {
        DTLSTransport result = null;
        try {
            result = new DTLSServerProtocol().accept(handshake, this, request);
        } catch (IOException e) {
            // The client's doing, or it has gone; the alert is sent.
        } catch (RuntimeException e) {
            // What Bouncy Castle throws at what it didn't expect costs this client its handshake.
            sessions.onFault(e);
        } finally {
            server.handshakeEnded();
            DTLSTransport transport = result;
            sessions.onLoop(() -> {
                if (transport == null) {
                    sessions.onFailed(this);
                } else {
                    sessions.onEstablished(this, transport, handshake.isNatDiscovery());
                }
            });
        }
    }

    /// Takes a datagram for the handshake, or drops it.
    void enqueue(ByteBuf buffer, int offset, int length) {
        BlockingQueue<byte[]> waiting = queue;
        if (waiting == null || length > QUEUED_DATAGRAM_BYTES_MAX) {
            return;
        }
        byte[] datagram = new byte[length];
        buffer.getBytes(offset, datagram);
        if (DtlsMessages.arePlainMessagesShort(datagram)) {
            var _ = waiting.offer(datagram);
        }
    }

    /// The handshake is done: from now on the session belongs to the shard's thread alone.
    void establish(DTLSTransport transport, boolean natDiscovery) {
        records = transport;
        var client = new TransportAddress(key.high(), key.low(), key.port());
        ClientPath plain = ClientPath.dtls(key.listener(), id, client);
        path = natDiscovery ? plain.forBindingOnly() : plain;
        lastProgressNanos = sessions.wake();
        watch(sessions.limits().handshakeNanos());
    }

    /// Takes what came while the handshake ended.
    void takeQueued() {
        BlockingQueue<byte[]> waiting = queue;
        queue = null;
        while (waiting != null && !closed) {
            byte[] datagram = waiting.poll();
            if (datagram == null) {
                return;
            }
            onDatagram(Unpooled.wrappedBuffer(datagram), 0, datagram.length);
        }
    }

    /// Decrypts a datagram and hands what is in it to the engine.
    void onDatagram(ByteBuf buffer, int offset, int length) {
        DTLSTransport transport = records;
        if (transport == null || closed) {
            return;
        }
        received = buffer;
        receivedOffset = offset;
        receivedLength = length;
        byte[] plain = sessions.plaintext();
        int at = UdpIo.HEADROOM_BYTES;
        int room = DtlsSessions.PLAINTEXT_BYTES_MAX;
        try {
            int decrypted = transport.receive(plain, at, room, 1);
            while (decrypted >= 0 && !closed) {
                deliver(decrypted);
                decrypted = transport.receivePending(plain, at, room);
            }
        } catch (InterruptedIOException e) {
            // No data in it: garbage, a copy of an earlier record, or part of a handshake.
            sessions.counters().add(Counter.DTLS_IGNORED_DATAGRAMS, 1);
        } catch (IOException e) {
            // A fatal alert, theirs or ours.
            closed = true;
        } finally {
            received = null;
        }
        if (closed) {
            sessions.end(this);
        }
    }

    private void deliver(int length) {
        if (length == 0) {
            return;
        }
        lastProgressNanos = sessions.wake();
        if (!spoke) {
            spoke = true;
            watch(sessions.limits().idleNanos());
        }
        sessions.deliver(path(), length);
    }

    @Override
    public void send(ByteBuf buffer, int offset, int length, boolean isRelayed) {
        DTLSTransport transport = records;
        if (transport == null || closed) {
            return;
        }
        if (length > DtlsSessions.PLAINTEXT_BYTES_MAX) {
            sessions.counters().add(Counter.DTLS_TOO_LONG, 1);
            return;
        }
        byte[] message = sessions.outgoing();
        buffer.getBytes(offset, message, 0, length);
        relaying = isRelayed;
        try {
            transport.send(message, 0, length);
        } catch (IOException e) {
            // Not to happen before 2^48 records; the timer takes the session away.
            closed = true;
        } finally {
            relaying = false;
        }
    }

    @Override
    public void allocated(boolean hasAllocation) {
        allocated = hasAllocation;
        lastProgressNanos = sessions.wake();
    }

    private void watch(long nanos) {
        cancelDeadline();
        deadline = sessions.schedule(this::onDeadline, nanos, TimeUnit.NANOSECONDS);
    }

    private void onDeadline() {
        long now = sessions.wake();
        long rest = spoke ? sessions.limits().idleNanos() : sessions.limits().handshakeNanos();
        long left = lastProgressNanos + rest - now;
        if (closed) {
            sessions.end(this);
        } else if (allocated) {
            watch(rest);
        } else if (left > 0) {
            watch(left);
        } else {
            sessions.counters().add(Counter.DTLS_TIMED_OUT, 1);
            finish();
        }
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void finish() {
        DTLSTransport transport = records;
        if (transport != null && !closed) {
            try {
                transport.close();
            } catch (IOException e) {
                // It is closed either way.
            }
        }
        sessions.end(this);
    }

    /// Sends and receives nothing more. A handshake on its thread ends at its next step.
    void abandon() {
        closed = true;
        cancelDeadline();
        BlockingQueue<byte[]> waiting = queue;
        if (waiting != null) {
            var _ = waiting.offer(new byte[0]);
        }
    }

    // Bouncy Castle's side. During the handshake on its thread, then on the shard's.

    @Override
    public int getReceiveLimit() {
        return queue == null ? receivedLength : QUEUED_DATAGRAM_BYTES_MAX;
    }

    @Override
    public int getSendLimit() {
        return FLIGHT_DATAGRAM_BYTES;
    }

    @Override
    public int receive(byte[] bytes, int offset, int length, int waitMillis) throws IOException {
        BlockingQueue<byte[]> waiting = queue;
        if (waiting != null) {
            return receive(waiting, bytes, offset, length, waitMillis);
        }
        ByteBuf datagram = received;
        if (datagram == null) {
            throw new NothingMore();
        }
        received = null;
        datagram.getBytes(receivedOffset, bytes, offset, receivedLength);
        return receivedLength;
    }

    private int receive(
            BlockingQueue<byte[]> waiting, byte[] bytes, int offset, int length, int waitMillis)
            throws IOException {
        byte[] datagram;
        try {
            datagram = waiting.poll(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (closed) {
            throw new IOException("the handshake was abandoned");
        }
        if (datagram == null || datagram.length > length) {
            return -1;
        }
        System.arraycopy(datagram, 0, bytes, offset, datagram.length);
        return datagram.length;
    }

    @Override
    public void send(byte[] bytes, int offset, int length) {
        if (closed) {
            return;
        }
        // Bouncy Castle makes an array for each record.
        ByteBuf datagram = Unpooled.wrappedBuffer(bytes, offset, length);
        if (queue == null) {
            sessions.transmit(this, datagram, relaying);
        } else {
            sessions.onLoop(() -> sessions.transmit(this, datagram, false));
        }
    }

    int socket() {
        return socket;
    }

    @Override
    public void close() {
        closed = true;
    }

    /// Makes Bouncy Castle return at once where it would wait for a datagram.
    private static final class NothingMore extends InterruptedIOException {
        private static final long serialVersionUID = 1;

        NothingMore() {
            super("no datagram is waiting");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
