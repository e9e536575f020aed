package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TlsFacts;
import org.turnd.cli.check.Wire;
import org.turnd.stun.StunView;

/// A connected UDP socket that never blocks; a [Receiver] reads it. A client's is also the wire of
/// its control messages.
final class DatagramLink implements Link, Wire {
    /// No channel: the link is a peer's.
    static final int PEER = 0;

    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final byte[] END = {};

    private final DatagramChannel channel;
    private final int channelNumber;
    private final Arrivals arrivals;
    private final BlockingQueue<byte[]> responses = new LinkedBlockingQueue<>();
    private final StunView view = new StunView();

    /// Makes a socket.
    ///
    /// @param local where to bind, null for anywhere
    /// @param remote the server, null if it is not known yet
    /// @param channelNumber the client's only channel, [#PEER] for a peer
    DatagramLink(
            @Nullable InetSocketAddress local,
            @Nullable InetSocketAddress remote,
            int channelNumber,
            Arrivals arrivals)
            throws IOException {
        this.channelNumber = channelNumber;
        this.arrivals = arrivals;
        channel = DatagramChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            if (local != null) {
                channel.bind(local);
            }
            if (remote != null) {
                channel.connect(remote);
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    void connect(InetSocketAddress remote) throws IOException {
        channel.connect(remote);
    }

    DatagramChannel channel() {
        return channel;
    }

    /// Reads one datagram and takes it in.
    ///
    /// @param scratch for it
    /// @param same a view of `scratch` from its beginning
    /// @return false if there is none
    boolean receive(ByteBuffer scratch, ByteBuf same) throws IOException {
        scratch.clear();
        int length = channel.read(scratch);
        if (length <= 0 && scratch.position() == 0) {
            return false;
        }
        if (channelNumber == PEER) {
            if (arrivals.toPeer(this, same, length)) {
                channel.write(scratch.flip());
            }
        } else if (!arrivals.toClient(this, channelNumber, same, length, view)) {
            var response = new byte[length];
            same.getBytes(0, response);
            responses.add(response);
        }
        return true;
    }

    @Override
    public boolean send(ByteBuffer frame) throws IOException {
        return channel.write(frame) > 0;
    }

    @Override
    public void send(byte[] frame) throws IOException {
        channel.write(ByteBuffer.wrap(frame));
    }

    @Override
    public byte[] receive() throws IOException {
        try {
            var response = responses.take();
            if (response.length == 0) {
                throw new EOFException("closed");
            }
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        try {
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException("the socket is open", e);
        }
    }

    @Override
    public @Nullable TlsFacts tls() {
        return null;
    }

    @Override
    public Carrier carrier() {
        return Carrier.UDP;
    }

    @Override
    public void close() {
        responses.add(END);
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a socket only frees it", e);
        }
    }
}
