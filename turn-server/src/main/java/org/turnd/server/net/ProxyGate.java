package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.TransportAddress;

/// The first handler of a connection that a proxy opened: takes the PROXY protocol's header off its
/// beginning, before anybody looks whether TLS or STUN follows, and lets in nothing without one
/// (T-01, T-04).
final class ProxyGate extends ByteToMessageDecoder {
    /// The specification's least time for a header to come.
    static final long TIMEOUT_NANOS_MIN = TimeUnit.SECONDS.toNanos(3);

    private static final int FIRST_OF_LINE = 'P';

    private final ShardCounters counters;
    private final long timeoutNanos;
    private final Entrance entrance;
    private final ProxyHeader header = new ProxyHeader();
    private @Nullable Future<?> timeout;

    /// Adds the connection's other handlers behind this one.
    interface Entrance {
        /// Lets the connection in.
        ///
        /// @param client whom the header names; null when it is who opened the connection
        void open(@Nullable TransportAddress client);
    }

    ProxyGate(ShardCounters counters, long timeoutNanos, Entrance entrance) {
        this.counters = counters;
        this.timeoutNanos = Math.max(timeoutNanos, TIMEOUT_NANOS_MIN);
        this.entrance = entrance;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timeout =
                context.executor()
                        .schedule(() -> refuse(context), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int offset = in.readerIndex();
        int length = in.readableBytes();
        if (in.getByte(offset) == FIRST_OF_LINE) {
            ProxyLine.Reading line = ProxyLine.read(in, offset, length);
            proceed(context, in, line.bytes(), line.client());
        } else {
            int bytes = header.read(in, offset, length, true);
            TransportAddress client =
                    header.hasSource()
                            ? new TransportAddress(header.high(), header.low(), header.port())
                            : null;
            proceed(context, in, bytes, client);
        }
    }

    private void proceed(
            ChannelHandlerContext context,
            ByteBuf in,
            int headerBytes,
            @Nullable TransportAddress client) {
        if (headerBytes == ProxyHeader.INVALID) {
            in.skipBytes(in.readableBytes());
            refuse(context);
        } else if (headerBytes != ProxyHeader.NEED_MORE) {
            in.skipBytes(headerBytes);
            entrance.open(client);
            // The others were not here when the connection opened.
            context.fireChannelActive();
            context.pipeline().remove(this);
        }
    }

    private void refuse(ChannelHandlerContext context) {
        if (context.channel().isOpen()) {
            counters.add(Counter.STREAMS_NOT_PROXIED, 1);
            var _ = context.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            refuse(context);
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset, most likely.
        var _ = context.close();
    }
}
