package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Objects;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.stun.TransportAddress;

/// The UDP data plane of any operating system: the JDK's datagram channels, polled by the shard's
/// event loop but without a pipeline, so that datagrams go from one reused buffer to the engine and
/// from the engine's buffer to the kernel.
///
/// Nothing is allocated for a packet to a cached address. On receipt the JDK itself makes a new
/// address object (and this class reads its bytes) where a socket's sender is not the one of the
/// packet before.
public final class PortableUdpIo implements UdpIo {
    static final int LISTENER_READS_PER_WAKE_UP = 256;
    static final int RELAY_READS_PER_WAKE_UP = 16;

    /// Destinations whose address objects are kept for sending.
    static final int ADDRESS_CACHE_SLOTS = 4096;

    /// The longest UDP datagram, whatever the family.
    static final int DATAGRAM_BYTES_MAX = 65535;

    private static final int IPV4_PAYLOAD_BYTES_MAX = 65507;
    private static final boolean SETS_DONT_FRAGMENT = knowsDontFragment();

    private final IoEventLoop loop;
    private final UdpOptions options;
    private final UdpCounters counters = new UdpCounters();
    private final SocketAddressCache addresses = new SocketAddressCache(ADDRESS_CACHE_SLOTS);
    private final ByteBuffer slotBytes;
    private final ByteBuf slot;
    private final BitSet numbers = new BitSet();
    private @Nullable Socket[] sockets = new Socket[16];

    /// @param loop the event loop of the shard, with an NIO handler
    public PortableUdpIo(IoEventLoop loop, UdpOptions options) {
        this.loop = loop;
        this.options = options;
        slotBytes = ByteBuffer.allocateDirect(HEADROOM_BYTES + DATAGRAM_BYTES_MAX + TAILROOM_BYTES);
        slot = Unpooled.wrappedBuffer(slotBytes.duplicate());
    }

    private static boolean knowsDontFragment() {
        try (var probe = DatagramChannel.open(StandardProtocolFamily.INET)) {
            return probe.supportedOptions().contains(ExtendedSocketOptions.IP_DONTFRAGMENT);
        } catch (IOException e) {
            throw new UncheckedIOException("no UDP socket can be opened", e);
        }
    }

    /// Says whether several sockets can share an address here, so that each shard has its own.
    static boolean canShare() {
        try (var probe = DatagramChannel.open(StandardProtocolFamily.INET)) {
            return probe.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
        } catch (IOException e) {
            throw new UncheckedIOException("no UDP socket can be opened", e);
        }
    }

    @Override
    public int open(long high, long low, int port, Role role, Receiver receiver)
            throws IOException {
        boolean ipv4 = TransportAddress.isIpv4(high, low);
        var channel =
                DatagramChannel.open(
                        ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.configureBlocking(false);
            int bufferBytes = options.bufferBytes(role);
            setOption(channel, StandardSocketOptions.SO_RCVBUF, bufferBytes);
            setOption(channel, StandardSocketOptions.SO_SNDBUF, bufferBytes);
            if (role == Role.SHARED_LISTENER) {
                setOption(channel, StandardSocketOptions.SO_REUSEPORT, true);
            }
            if (ipv4) {
                setOption(channel, ExtendedSocketOptions.IP_DONTFRAGMENT, false);
            }
            channel.bind(new TransportAddress(high, low, port).toInetSocketAddress());
            var socket = new Socket(channel, ipv4, role, receiver);
            socket.register();
            socket.number = takeNumber();
            sockets[socket.number] = socket;
            return socket.number;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static <T> void setOption(DatagramChannel channel, SocketOption<T> option, T value)
            throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
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
        return Objects.requireNonNull(sockets[socket]).channel.socket().getLocalPort();
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
        InetSocketAddress to = addresses.get(high, low, port);
        try {
            int sent = from.channel.send(buffer.internalNioBuffer(offset, length), to);
            if (sent < length) {
                counters.add(Counter.DROPPED_BUFFER_FULL, 1);
                return;
            }
            counters.add(Counter.SENT_DATAGRAMS, 1);
            counters.add(Counter.SENT_BYTES, length);
        } catch (IOException e) {
            counters.add(causeOf(e, length), 1);
        }
    }

    @Override
    public boolean setsDontFragment() {
        return SETS_DONT_FRAGMENT;
    }

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
        try {
            from.channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
            send(socket, high, low, port, buffer, offset, length, trafficClass, hopLimit);
            from.channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, false);
        } catch (IOException e) {
            counters.add(Counter.DROPPED_UNREACHABLE, 1);
        }
    }

    /// The JDK doesn't tell.
    @Override
    public int receivedTrafficClass() {
        return 0;
    }

    /// The JDK doesn't tell.
    @Override
    public int receivedHopLimit() {
        return 0;
    }

    /// The JDK tells these errors apart by nothing but the text of the C library.
    private static Counter causeOf(IOException failure, int length) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (length > IPV4_PAYLOAD_BYTES_MAX || text.contains("too l")) {
            return Counter.DROPPED_TOO_LONG;
        }
        return text.contains("buffer space")
                ? Counter.DROPPED_BUFFER_FULL
                : Counter.DROPPED_UNREACHABLE;
    }

    @Override
    public void flush() {}

    @Override
    public void close(int socket) {
        Socket closing = sockets[socket];
        if (closing != null) {
            sockets[socket] = null;
            numbers.clear(socket);
            closing.close();
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < sockets.length; i++) {
            close(i);
        }
    }

    @Override
    public UdpCounters counters() {
        return counters;
    }

    private final class Socket implements NioIoHandle {
        private final DatagramChannel channel;
        private final boolean ipv4;
        private final int readsMax;
        private final Receiver receiver;
        private @Nullable IoRegistration registration;
        private boolean closed;
        private int number;

        private @Nullable InetSocketAddress source;
        private long sourceHigh;
        private long sourceLow;
        private int sourcePort;

        Socket(DatagramChannel channel, boolean ipv4, Role role, Receiver receiver) {
            this.channel = channel;
            this.ipv4 = ipv4;
            this.readsMax =
                    role == Role.RELAY ? RELAY_READS_PER_WAKE_UP : LISTENER_READS_PER_WAKE_UP;
            this.receiver = receiver;
        }

        void register() throws IOException {
            Future<IoRegistration> registering = loop.register(this);
            IoRegistration registered = registering.getNow();
            if (registered == null) {
                throw new IOException("the event loop takes no more sockets", registering.cause());
            }
            registration = registered;
            registered.submit(NioIoOps.READ);
        }

        @Override
        public SelectableChannel selectableChannel() {
            return channel;
        }

        @Override
        public void handle(IoRegistration ready, IoEvent event) {
            for (int i = 0; i < readsMax && !closed; i++) {
                try {
                    if (!receive()) {
                        return;
                    }
                } catch (ClosedChannelException e) {
                    return;
                } catch (IOException e) {
                    counters.add(Counter.RECEIVE_ERRORS, 1);
                }
            }
        }

        private boolean receive() throws IOException {
            slotBytes.limit(HEADROOM_BYTES + DATAGRAM_BYTES_MAX).position(HEADROOM_BYTES);
            var sender = (InetSocketAddress) channel.receive(slotBytes);
            if (sender == null) {
                return false;
            }
            if (!sender.equals(source)) {
                remember(sender);
            }
            int length = slotBytes.position() - HEADROOM_BYTES;
            counters.add(Counter.RECEIVED_DATAGRAMS, 1);
            counters.add(Counter.RECEIVED_BYTES, length);
            receiver.onDatagram(
                    number, sourceHigh, sourceLow, sourcePort, slot, HEADROOM_BYTES, length);
            return true;
        }

        /// The JDK returns the same object as long as the sender stays the same.
        private void remember(InetSocketAddress sender) {
            var address = TransportAddress.of(sender);
            source = sender;
            sourceHigh = address.high();
            sourceLow = address.low();
            sourcePort = address.port();
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            if (registration != null) {
                registration.cancel();
            }
            try {
                channel.close();
            } catch (IOException e) {
                // The descriptor is gone all the same; there is nothing left to lose on it.
                counters.add(Counter.RECEIVE_ERRORS, 1);
            }
        }
    }
}
