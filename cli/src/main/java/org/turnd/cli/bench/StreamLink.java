package org.turnd.cli.bench;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TlsFacts;
import org.turnd.cli.check.Wire;
import org.turnd.stun.StunView;

/// A client's TCP or TLS connection. Sending blocks while the server does not read; the client's
/// inbox thread reads, and data stays here.
final class StreamLink implements Link, Wire {
    private final Wire wire;
    private final Carrier carrier;
    private final int channelNumber;
    private final Arrivals arrivals;
    private final StunView view = new StunView();

    StreamLink(Wire wire, Carrier carrier, int channelNumber, Arrivals arrivals) {
        this.wire = wire;
        this.carrier = carrier;
        this.channelNumber = channelNumber;
        this.arrivals = arrivals;
    }

    @Override
    public boolean send(ByteBuffer frame) throws IOException {
        int from = frame.arrayOffset() + frame.position();
        wire.send(
                from == 0 && frame.remaining() == frame.array().length
                        ? frame.array()
                        : Arrays.copyOfRange(frame.array(), from, from + frame.remaining()));
        return true;
    }

    @Override
    public void send(byte[] frame) throws IOException {
        wire.send(frame);
    }

    @Override
    public byte[] receive() throws IOException {
        while (true) {
            var frame = wire.receive();
            if (!arrivals.toClient(
                    this, channelNumber, Unpooled.wrappedBuffer(frame), frame.length, view)) {
                return frame;
            }
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return wire.localAddress();
    }

    @Override
    public @Nullable TlsFacts tls() {
        return wire.tls();
    }

    @Override
    public Carrier carrier() {
        return carrier;
    }

    @Override
    public void close() {
        wire.close();
    }
}
