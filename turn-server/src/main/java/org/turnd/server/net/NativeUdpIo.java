package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.stun.TransportAddress;

/// The UDP data plane of Linux: our own sockets through the C library, polled by the shard's epoll
/// loop. Datagrams are received and sent in batches, and leave from the memory they arrived in.
///
/// Nothing is allocated for a packet. What [#send] is given inside [Receiver#onDatagram] must not
/// be changed any more after it returned: it is sent at the end of the wake-up.
public final class NativeUdpIo implements UdpIo {
    static final int LISTENER_READS_PER_CALL = 32;
    static final int LISTENER_CALLS_PER_WAKE_UP = 8;
    static final int RELAY_READS_PER_CALL = 8;
    static final int RELAY_CALLS_PER_WAKE_UP = 2;

    /// Segmented messages refused in a row after which a socket sends no more of them.
    static final int SEGMENT_FAILURES_MAX = 8;

    private static final int NOTHING = -1;

    private final IoEventLoop loop;
    private final UdpOptions options;
    private final Libc libc = new Libc();
    private final NativeSocketOptions socketOptions;
    private final ReceiveRing ring;
    private final SendStage stage;
    private final IcmpErrors errors;
    private final UdpCounters counters = new UdpCounters();
    private final BitSet numbers = new BitSet();
    private @Nullable Socket[] sockets = new Socket[16];
    private @Nullable Socket[] dirty = new Socket[16];
    private int dirtyCount;

    /// Which datagram of a batch is being delivered: the batch's slots are still to be read.
    private int delivered = NOTHING;

    private boolean closed;
    private boolean sleepsExactly;

    /// @param loop the event loop of the shard, with an epoll handler
    /// @throws IOException when the kernel gives no memory
    public NativeUdpIo(IoEventLoop loop, UdpOptions options) throws IOException {
        this.loop = loop;
        this.options = options;
        socketOptions = new NativeSocketOptions(libc, options);
        ring = new ReceiveRing(libc);
        try {
            stage = new SendStage(libc, ring);
            errors = new IcmpErrors(libc);
        } catch (IOException e) {
            ring.free();
            throw e;
        }
    }

    @Override
    public int open(long high, long low, int port, Role role, Receiver receiver)
            throws IOException {
        if (closed) {
            throw new IOException("the data plane is closed");
        }
        boolean ipv4 = TransportAddress.isIpv4(high, low);
        int fd = libc.udpSocket(ipv4 ? Libc.AF_INET : Libc.AF_INET6);
        try {
            socketOptions.prepare(fd, ipv4, role);
            libc.bind(fd, high, low, port);
            int localPort = port == 0 ? libc.localPort(fd) : port;
            Socket socket = new Socket(fd, localPort, ipv4, role, receiver);
            socket.register();
            socket.number = takeNumber();
            sockets[socket.number] = socket;
            return socket.number;
        } catch (IOException | RuntimeException e) {
            libc.close(fd);
            throw e;
        }
    }

    private int takeNumber() {
        int number = numbers.nextClearBit(0);
        numbers.set(number);
        if (number == sockets.length) {
            sockets = Arrays.copyOf(sockets, number * 2);
        }
        return number;
    }

    @Override
    public int localPort(int socket) {
        return Objects.requireNonNull(sockets[socket]).port;
    }

    /// The file descriptor of an open socket.
    int descriptor(int socket) {
        return Objects.requireNonNull(sockets[socket]).fd;
    }

    @Override
    public void send(
            int socket,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            int trafficClass,
            int hopLimit) {
        Socket from = sockets[socket];
        if (from == null || from.ipv4 != TransportAddress.isIpv4(high, low)) {
            counters.add(Counter.DROPPED_UNREACHABLE, 1);
            return;
        }
        if (length > PortableUdpIo.DATAGRAM_BYTES_MAX) {
            counters.add(Counter.DROPPED_TOO_LONG, 1);
            return;
        }
        if (!stage.hasRoom(length)) {
            flush();
        }
        if (from.firstStaged == SendStage.NONE) {
            markDirty(from);
        }
        int entry =
                stage.add(
                        from.lastStaged,
                        high,
                        low,
                        port,
                        buffer,
                        offset,
                        length,
                        trafficClass,
                        hopLimit);
        if (from.firstStaged == SendStage.NONE) {
            from.firstStaged = entry;
        }
        from.lastStaged = entry;
    }

    @Override
    public boolean setsDontFragment() {
        return true;
    }

    /// Sends at once: the option is the socket's, not the datagram's.
    @Override
    public void sendWhole(
            int socket,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            int trafficClass,
            int hopLimit) {
        Socket from = sockets[socket];
        if (from == null) {
            counters.add(Counter.DROPPED_UNREACHABLE, 1);
            return;
        }
        from.sendStaged();
        try {
            socketOptions.setDontFragment(from.fd, from.ipv4, true);
            send(socket, high, low, port, buffer, offset, length, trafficClass, hopLimit);
            long tooLong = counters.get(Counter.DROPPED_TOO_LONG);
            from.sendStaged();
            socketOptions.setDontFragment(from.fd, from.ipv4, false);
            if (counters.get(Counter.DROPPED_TOO_LONG) > tooLong) {
                from.tellTooBig(high, low, port);
            }
        } catch (IOException e) {
            counters.add(Counter.DROPPED_UNREACHABLE, 1);
        }
    }

    private void markDirty(Socket socket) {
        if (dirtyCount == dirty.length) {
            dirty = Arrays.copyOf(dirty, dirtyCount * 2);
        }
        dirty[dirtyCount++] = socket;
    }

    @Override
    public void flush() {
        for (int i = 0; i < dirtyCount; i++) {
            Socket socket = dirty[i];
            dirty[i] = null;
            if (socket != null) {
                socket.sendStaged();
            }
        }
        dirtyCount = 0;
        stage.clear();
        if (delivered == NOTHING) {
            ring.rewind();
        }
    }

    @Override
    public void sleep(long nanos) {
        if (!sleepsExactly) {
            libc.sleepExactly();
            sleepsExactly = true;
        }
        libc.sleep(nanos);
    }

    @Override
    public void close(int socket) {
        Socket closing = sockets[socket];
        if (closing != null) {
            closing.sendStaged();
            sockets[socket] = null;
            numbers.clear(socket);
            closing.close();
        }
    }

    /// Closes every socket and gives the plane's memory back; nothing may be called after.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        flush();
        for (int i = 0; i < sockets.length; i++) {
            close(i);
        }
        closed = true;
        if (delivered == NOTHING) {
            free();
        }
    }

    private void free() {
        errors.free();
        stage.free();
        ring.free();
    }

    @Override
    public UdpCounters counters() {
        return counters;
    }

    @Override
    public int receivedTrafficClass() {
        return delivered == NOTHING ? 0 : ring.trafficClass(delivered);
    }

    @Override
    public int receivedHopLimit() {
        return delivered == NOTHING ? 0 : ring.hopLimit(delivered);
    }

    private final class Socket implements EpollIoHandle {
        private final int fd;
        private final int port;
        private final boolean ipv4;
        private final int readsPerCall;
        private final int callsPerWakeUp;
        private final boolean hearsErrors;
        private final Receiver receiver;
        private final FileDescriptor descriptor;
        private @Nullable IoRegistration registration;
        private boolean gone;
        private int segmentFailures;
        private int number;
        private int firstStaged = SendStage.NONE;
        private int lastStaged = SendStage.NONE;

        Socket(int fd, int port, boolean ipv4, Role role, Receiver receiver) {
            this.fd = fd;
            this.port = port;
            this.ipv4 = ipv4;
            this.receiver = receiver;
            this.descriptor = new FileDescriptor(fd);
            boolean relay = role == Role.RELAY;
            hearsErrors = relay;
            readsPerCall = relay ? RELAY_READS_PER_CALL : LISTENER_READS_PER_CALL;
            callsPerWakeUp = relay ? RELAY_CALLS_PER_WAKE_UP : LISTENER_CALLS_PER_WAKE_UP;
        }

        void register() throws IOException {
            Future<IoRegistration> registering = loop.register(this);
            IoRegistration registered = registering.getNow();
            if (registered == null) {
                throw new IOException("the event loop takes no more sockets", registering.cause());
            }
            registration = registered;
            registered.submit(EpollIoOps.EPOLLIN);
        }

        @Override
        public FileDescriptor fd() {
            return descriptor;
        }

        @Override
        public void handle(IoRegistration ready, IoEvent event) {
            if (hearsErrors && ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR)) {
                drainErrors();
            }
            for (int call = 0; call < callsPerWakeUp && !gone; call++) {
                if (!ring.hasRoom(readsPerCall)) {
                    flush();
                }
                int received = ring.receive(fd, readsPerCall);
                if (received < 0) {
                    // An ICMP error is told once more here; it is in the queue, and read from
                    // there.
                    if (libc.errno() != Libc.EAGAIN && !hearsErrors) {
                        counters.add(Counter.RECEIVE_ERRORS, 1);
                    }
                    return;
                }
                deliver(received);
                if (received < readsPerCall) {
                    return;
                }
            }
        }

        private void drainErrors() {
            int count = errors.receive(fd, ipv4);
            for (int i = 0; i < count && !gone; i++) {
                tell(i);
            }
        }

        private void tell(int error) {
            if (errors.isIcmp(error)) {
                counters.add(errors.cause(error), 1);
                errors.tell(error, number, receiver);
            }
        }

        /// This machine is the first router on the way: it can't pass on a datagram that must not
        /// be fragmented, and knows why. Its error is in the queue without an address.
        void tellTooBig(long high, long low, int toPort) {
            int mtu = 0;
            int count = errors.receive(fd, ipv4);
            for (int i = 0; i < count && !gone; i++) {
                tell(i);
                mtu = Math.max(mtu, errors.mtuHere(i));
            }
            errors.tellTooBig(high, low, toPort, mtu, number, receiver);
        }

        private void deliver(int received) {
            try {
                for (int i = 0; i < received && !gone; i++) {
                    delivered = i;
                    int segmentBytes = options.merged() ? ring.segmentBytes(i) : 0;
                    if (segmentBytes == 0) {
                        deliver(i, ring.offset(i), ring.length(i));
                    } else {
                        deliverSegments(i, segmentBytes);
                    }
                }
            } finally {
                delivered = NOTHING;
                if (closed) {
                    free();
                }
            }
        }

        /// Delivers datagrams that came in one piece, each where it has room around it.
        private void deliverSegments(int i, int segmentBytes) {
            int from = ring.offset(i);
            int end = from + ring.length(i);
            for (int at = from; at < end && !gone; at += segmentBytes) {
                int length = Math.min(segmentBytes, end - at);
                if (length > ReceiveRing.SLOT_DATA_BYTES) {
                    deliver(i, at, length);
                    // The next one's headroom is the end of this one.
                    flush();
                    continue;
                }
                if (!ring.hasSegmentRoom()) {
                    flush();
                    ring.rewindSegments();
                }
                deliver(i, ring.cutSegment(at, length), length);
            }
        }

        private void deliver(int i, int offset, int length) {
            counters.add(Counter.RECEIVED_DATAGRAMS, 1);
            counters.add(Counter.RECEIVED_BYTES, length);
            receiver.onDatagram(
                    number,
                    ring.sourceHigh(i),
                    ring.sourceLow(i),
                    ring.sourcePort(i),
                    ring.buffer(),
                    offset,
                    length);
        }

        /// Sends the staged chain. A message that can't be sent costs itself and nothing else.
        void sendStaged() {
            int first = firstStaged;
            firstStaged = SendStage.NONE;
            lastStaged = SendStage.NONE;
            if (first == SendStage.NONE || gone) {
                return;
            }
            boolean segmented = options.segmented() && segmentFailures < SEGMENT_FAILURES_MAX;
            int messages = stage.build(first, segmented);
            int done = 0;
            while (done < messages) {
                int sent = stage.send(fd, done);
                if (sent > 0) {
                    countSent(done, sent);
                    done += sent;
                    continue;
                }
                int errno = libc.errno();
                if (errno == Libc.EINTR) {
                    continue;
                }
                if (errno == Libc.EAGAIN) {
                    // The socket's buffer is full: asking again for each would find the same.
                    countDropped(Counter.DROPPED_BUFFER_FULL, done, messages);
                    return;
                }
                if (stage.segmentsOf(done) > 1 && mayBeSegmentation(errno)) {
                    // This path or device takes no segmented messages: what is left goes singly.
                    segmentFailures++;
                    messages = stage.build(stage.entryOf(done), false);
                    done = 0;
                    continue;
                }
                countDropped(SendStage.causeOf(errno), done, done + 1);
                done++;
            }
        }

        private void countDropped(Counter cause, int from, int to) {
            for (int message = from; message < to; message++) {
                counters.add(cause, stage.segmentsOf(message));
            }
        }

        private boolean mayBeSegmentation(int errno) {
            return errno == Libc.EIO || errno == Libc.EINVAL || errno == Libc.EMSGSIZE;
        }

        private void countSent(int from, int messages) {
            for (int message = from; message < from + messages; message++) {
                int segmentCount = stage.segmentsOf(message);
                if (segmentCount > 1) {
                    segmentFailures = 0;
                }
                counters.add(Counter.SENT_DATAGRAMS, segmentCount);
                int entry = stage.entryOf(message);
                for (int i = 0; i < segmentCount; i++) {
                    counters.add(Counter.SENT_BYTES, stage.length(entry));
                    entry = stage.next(entry);
                }
            }
        }

        @Override
        public void close() {
            if (gone) {
                return;
            }
            gone = true;
            if (registration != null) {
                registration.cancel();
            }
            libc.close(fd);
        }
    }
}
