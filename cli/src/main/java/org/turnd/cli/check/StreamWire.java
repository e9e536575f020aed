package org.turnd.cli.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.ChannelData;
import org.turnd.stun.FirstByte;
import org.turnd.stun.StreamFraming;

/// Frames one behind the other on a TCP or TLS connection (RFC 8656 §12.5).
final class StreamWire implements Wire {
    private static final int READ_BYTES = 8192;

    private final Socket socket;
    private final @Nullable TlsFacts tls;
    private final byte[] chunk = new byte[READ_BYTES];
    private final ByteBuf buffered =
            Unpooled.buffer(READ_BYTES, StreamFraming.MAX_FRAME_LENGTH + READ_BYTES);

    /// Takes over a connected socket, with the handshake done where it is one of TLS.
    StreamWire(Socket socket, @Nullable TlsFacts tls) throws IOException {
        this.socket = socket;
        this.tls = tls;
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
    public void send(byte[] frame) throws IOException {
        // J-14 (RFC 8656 §12.5): on a stream ChannelData is padded to a multiple of four.
        var padded =
                FirstByte.of(frame[0]) == FirstByte.CHANNEL_DATA
                        ? Arrays.copyOf(
                                frame,
                                ChannelData.paddedLength(frame.length - ChannelData.HEADER_LENGTH))
                        : frame;
        socket.getOutputStream().write(padded);
    }

    @Override
    public byte[] receive() throws IOException {
        while (true) {
            int length =
                    StreamFraming.frameLength(
                            buffered, buffered.readerIndex(), buffered.readableBytes());
            if (length == StreamFraming.NOT_A_FRAME) {
                throw new NotStun("the server sends something that is not STUN");
            }
            if (length != StreamFraming.NEED_MORE) {
                var frame = new byte[length];
                buffered.readBytes(frame);
                buffered.discardReadBytes();
                return frame;
            }
            int count = socket.getInputStream().read(chunk);
            if (count < 0 && buffered.isReadable()) {
                // Text, as other protocols begin with, looks like the head of a long ChannelData.
                throw new NotStun("the server sends something that is not STUN, and closes");
            }
            if (count < 0) {
                throw new EOFException("the server closed the connection");
            }
            buffered.writeBytes(chunk, 0, count);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public @Nullable TlsFacts tls() {
        return tls;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a socket only frees it", e);
        }
    }

    /// The bytes on the stream are of another protocol.
    static final class NotStun extends IOException {
        private static final long serialVersionUID = 1L;

        NotStun(String message) {
            super(message);
        }
    }
}
