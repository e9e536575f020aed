package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// What a proxy says before a client's bytes, in both versions. It means the same however much of
/// the stream has come, whatever lies around it, and it never takes more than it may.
public final class ProxyTarget {
    private static final int MARGIN = 8;

    private record Header(int length, @Nullable TransportAddress client) {}

    private ProxyTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        readHeader(input);
        readLine(input);
    }

    private static void readHeader(byte[] input) {
        Header stream = header(input, input.length, (byte) 0, true);
        Header datagram = header(input, input.length, (byte) 0, false);
        assertEquals(stream, header(input, input.length, (byte) 0xFF, true));
        assertEquals(datagram, header(input, input.length, (byte) 0xFF, false));
        assertTrue(stream.length() <= Math.min(input.length, ProxyHeader.BYTES_MAX));
        assertTrue(datagram.length() <= Math.min(input.length, ProxyHeader.BYTES_MAX));
        assertNotEquals(ProxyHeader.NEED_MORE, datagram.length());
        if (stream.length() > 0) {
            assertEquals(stream, header(input, stream.length(), (byte) 0xFF, true));
            assertEquals(
                    ProxyHeader.NEED_MORE,
                    header(input, stream.length() - 1, (byte) 0xFF, true).length());
        }
    }

    private static Header header(byte[] input, int length, byte around, boolean overTcp) {
        ProxyHeader header = new ProxyHeader();
        int read = header.read(among(input, length, around), MARGIN, length, overTcp);
        TransportAddress client =
                header.hasSource()
                        ? new TransportAddress(header.high(), header.low(), header.port())
                        : null;
        return new Header(read, client);
    }

    private static void readLine(byte[] input) {
        ProxyLine.Reading line = line(input, input.length, (byte) 0);
        assertEquals(line, line(input, input.length, (byte) '\n'));
        assertTrue(line.bytes() <= Math.min(input.length, ProxyLine.BYTES_MAX));
        if (line.bytes() > 0) {
            assertEquals(line, line(input, line.bytes(), (byte) '\n'));
            ProxyLine.Reading shorter = line(input, line.bytes() - 1, (byte) '\n');
            assertEquals(ProxyHeader.NEED_MORE, shorter.bytes());
        } else {
            assertNull(line.client());
        }
    }

    private static ProxyLine.Reading line(byte[] input, int length, byte around) {
        return ProxyLine.read(among(input, length, around), MARGIN, length);
    }

    private static ByteBuf among(byte[] input, int length, byte around) {
        byte[] room = new byte[MARGIN + length + MARGIN];
        Arrays.fill(room, around);
        System.arraycopy(input, 0, room, MARGIN, length);
        return Unpooled.wrappedBuffer(room);
    }
}
