package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.FirstByte;

/// Tells TLS and STUN apart on one TCP port by the connection's first byte (CONFORMANCE P-06), and
/// makes room for what is to follow.
final class FirstByteDetector extends ByteToMessageDecoder {
    private static final int TLS_HANDSHAKE_RECORD = 0x16;

    private final TlsServer tls;
    private final ShardCounters counters;

    FirstByteDetector(TlsServer tls, ShardCounters counters) {
        this.tls = tls;
        this.counters = counters;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int first = in.getUnsignedByte(in.readerIndex());
        if (first == TLS_HANDSHAKE_RECORD) {
            if (tls.addHandlersAfter(context)) {
                context.pipeline().remove(this);
            } else {
                counters.add(Counter.TLS_HANDSHAKES_REFUSED, 1);
                in.skipBytes(in.readableBytes());
                var _ = context.close();
            }
            return;
        }
        switch (FirstByte.of(first)) {
            case STUN, CHANNEL_DATA -> context.pipeline().remove(this);
            case DTLS, OTHER -> {
                // C-09: neither STUN nor TLS.
                counters.add(Counter.STREAMS_NOT_STUN, 1);
                in.skipBytes(in.readableBytes());
                var _ = context.close();
            }
        }
    }
}
