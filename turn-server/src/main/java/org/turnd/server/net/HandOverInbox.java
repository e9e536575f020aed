package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import org.turnd.server.engine.ClientPass;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.Transport;
import org.turnd.stun.TransportAddress;

/// Datagrams that other shards pass on to this one: a ring of bytes with many writers and one
/// reader, without locks and without garbage. Full means drop.
///
/// A record is its length (4 bytes, 0 while it is being written, negative for a gap at the end of
/// the ring), the payload's length (4), two addresses (8, 8 and 4 bytes each), the [IpHeader] (4),
/// what it is (4), and the payload between the headroom and tailroom that the engine may write.
/// Records start at multiples of 8.
///
/// It is a datagram for a relay, from the second address to the first. Or it is a [ClientPass]:
/// then the second address is the client's, and the first one's place holds the rest of its
/// five-tuple.
final class HandOverInbox {
    /// Bytes that wait at most, headers and headroom included.
    static final int CAPACITY_BYTES = 1 << 20;

    private static final int RELAY = 8;
    private static final int SOURCE = RELAY + 20;
    private static final int HEADER = SOURCE + 20;
    private static final int WHAT = HEADER + 4;
    private static final int PAYLOAD = WHAT + 4 + UdpIo.HEADROOM_BYTES;
    private static final int TO_RELAY = 0;
    private static final ClientPass[] PASSES = ClientPass.values();
    private static final Transport[] TRANSPORTS = Transport.values();
    private static final int OVERHEAD = PAYLOAD + UdpIo.TAILROOM_BYTES;
    private static final VarHandle LENGTH =
            MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(CAPACITY_BYTES + Long.BYTES).alignedSlice(Long.BYTES);
    private final ByteBuf ring = Unpooled.wrappedBuffer(memory.duplicate());

    /// Positions only grow; their place in the ring is the remainder by its capacity.
    private final AtomicLong written = new AtomicLong();

    private final AtomicLong read = new AtomicLong();

    private final Passed passed = new Passed();
    private final Runnable onOffered;

    /// @param onOffered called for each record that is in, on the thread that brought it
    HandOverInbox(Runnable onOffered) {
        this.onOffered = onOffered;
    }

    /// Copies one datagram in, on any thread.
    ///
    /// @param header the [IpHeader] it came with
    /// @return false when there is no room for it
    boolean offer(
            long relayHigh,
            long relayLow,
            int relayPort,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            int header,
            ByteBuf buffer,
            int offset,
            int length) {
        int size = sizeOf(length);
        int index = claim(size);
        if (index < 0) {
            return false;
        }
        setAddress(index + RELAY, relayHigh, relayLow, relayPort);
        setAddress(index + SOURCE, sourceHigh, sourceLow, sourcePort);
        publish(index, size, TO_RELAY, header, buffer, offset, length);
        return true;
    }

    /// Copies in what is to be said about a client, on any thread.
    ///
    /// @param from the shard that says it
    /// @param header the [IpHeader] it came with
    /// @return false when there is no room for it
    boolean offer(
            int from,
            ClientPass kind,
            ClientPath client,
            int header,
            ByteBuf buffer,
            int offset,
            int length) {
        int size = sizeOf(length);
        int index = claim(size);
        if (index < 0) {
            return false;
        }
        TransportAddress address = client.client();
        int leased = client.isLeased() ? 1 : 0;
        ring.setLong(index + RELAY, client.leaseNanos());
        ring.setInt(index + RELAY + 8, client.connection());
        ring.setInt(index + RELAY + 12, client.listener());
        ring.setInt(index + RELAY + 16, from << 16 | client.transport().ordinal() << 1 | leased);
        setAddress(index + SOURCE, address.high(), address.low(), address.port());
        publish(index, size, kind.ordinal() + 1, header, buffer, offset, length);
        return true;
    }

    private static int sizeOf(int payloadLength) {
        return (OVERHEAD + payloadLength + 7) & ~7;
    }

    private void publish(
            int index, int size, int what, int header, ByteBuf buffer, int offset, int length) {
        ring.setInt(index + 4, length);
        ring.setInt(index + HEADER, header);
        ring.setInt(index + WHAT, what);
        if (length > 0) {
            copyIn(buffer, offset, index + PAYLOAD, length);
        }
        LENGTH.setRelease(memory, index, size);
        onOffered.run();
    }

    /// Returns the index of `size` bytes that belong to the caller now, or -1.
    private int claim(int size) {
        while (true) {
            long tail = written.get();
            int index = (int) (tail % CAPACITY_BYTES);
            int untilEnd = CAPACITY_BYTES - index;
            int gap = untilEnd < size ? untilEnd : 0;
            if (tail + gap + size - read.get() > CAPACITY_BYTES) {
                return -1;
            }
            if (written.compareAndSet(tail, tail + gap + size)) {
                if (gap > 0) {
                    LENGTH.setRelease(memory, index, -gap);
                    return 0;
                }
                return index;
            }
        }
    }

    private void copyIn(ByteBuf from, int offset, int index, int length) {
        ByteBuffer bytes = from.internalNioBuffer(offset, length);
        memory.put(index, bytes, bytes.position(), length);
    }

    private void setAddress(int index, long high, long low, int port) {
        ring.setLong(index, high);
        ring.setLong(index + 8, low);
        ring.setInt(index + 16, port);
    }

    /// Hands at most `recordsMax` datagrams to the reader, on the reader's one thread.
    ///
    /// @return whether more may be waiting
    boolean drain(int recordsMax, Reader reader) {
        for (int i = 0; i < recordsMax; i++) {
            long head = read.get();
            int index = (int) (head % CAPACITY_BYTES);
            int size = (int) LENGTH.getAcquire(memory, index);
            if (size == 0) {
                return false;
            }
            if (size > 0) {
                deliver(index, reader);
            }
            free(head, index, Math.abs(size));
        }
        return true;
    }

    private void deliver(int index, Reader reader) {
        if (ring.getInt(index + WHAT) != TO_RELAY) {
            reader.onPass(passed.at(index));
            return;
        }
        reader.onHandOver(
                ring.getLong(index + RELAY),
                ring.getLong(index + RELAY + 8),
                ring.getInt(index + RELAY + 16),
                ring.getLong(index + SOURCE),
                ring.getLong(index + SOURCE + 8),
                ring.getInt(index + SOURCE + 16),
                ring.getInt(index + HEADER),
                ring,
                index + PAYLOAD,
                ring.getInt(index + 4));
    }

    /// Writers rely on finding nothing but zeroes where lengths may come to stand.
    private void free(long head, int index, int size) {
        ring.setZero(index, size);
        read.set(head + size);
    }

    /// Gets the datagrams. The buffer is borrowed, and its headroom and tailroom may be written.
    interface Reader {
        void onHandOver(
                long relayHigh,
                long relayLow,
                int relayPort,
                long sourceHigh,
                long sourceLow,
                int sourcePort,
                int header,
                ByteBuf buffer,
                int offset,
                int length);

        /// Gets what another shard says about a client; borrowed, too.
        default void onPass(Passed passed) {
            throw new IllegalStateException("nothing is expected to be passed here");
        }
    }

    /// One [ClientPass] in the ring.
    final class Passed {
        private int index;

        private Passed at(int start) {
            index = start;
            return this;
        }

        ClientPass kind() {
            return PASSES[ring.getInt(index + WHAT) - 1];
        }

        /// The shard that says it.
        int from() {
            return ring.getInt(index + RELAY + 16) >>> 16;
        }

        Transport transport() {
            return TRANSPORTS[ring.getInt(index + RELAY + 16) >> 1 & 0x7FFF];
        }

        boolean leased() {
            return (ring.getInt(index + RELAY + 16) & 1) != 0;
        }

        long leaseNanos() {
            return ring.getLong(index + RELAY);
        }

        int connection() {
            return ring.getInt(index + RELAY + 8);
        }

        int listener() {
            return ring.getInt(index + RELAY + 12);
        }

        long high() {
            return ring.getLong(index + SOURCE);
        }

        long low() {
            return ring.getLong(index + SOURCE + 8);
        }

        int port() {
            return ring.getInt(index + SOURCE + 16);
        }

        int header() {
            return ring.getInt(index + HEADER);
        }

        ByteBuf buffer() {
            return ring;
        }

        int offset() {
            return index + PAYLOAD;
        }

        int length() {
            return ring.getInt(index + 4);
        }
    }
}
