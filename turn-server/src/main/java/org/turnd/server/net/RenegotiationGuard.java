package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/// Closes a connection whose client asks for another handshake (P-12): the JDK's engine would grant
/// it, and each costs the server a signature. Stands before the TLS handler and looks at nothing
/// but the type of each record; TLS 1.3 hides later handshake messages in records of application
/// data, so only TLS 1.2 can show one here.
final class RenegotiationGuard extends ChannelInboundHandlerAdapter {
    private static final int HANDSHAKE_RECORD = 22;
    private static final int HEADER_BYTES = 5;

    private int headerBytesSeen;
    private int length;
    private int bodyBytesLeft;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        boolean handshaken = context.pipeline().get(SslHandler.class).handshakeFuture().isSuccess();
        if (message instanceof ByteBuf bytes && beginsHandshake(bytes) && handshaken) {
            ReferenceCountUtil.release(message);
            var _ = context.close();
            return;
        }
        super.channelRead(context, message);
    }

    private boolean beginsHandshake(ByteBuf bytes) {
        boolean found = false;
        int index = bytes.readerIndex();
        while (index < bytes.writerIndex()) {
            if (bodyBytesLeft > 0) {
                int skipped = Math.min(bodyBytesLeft, bytes.writerIndex() - index);
                bodyBytesLeft -= skipped;
                index += skipped;
            } else {
                found |= onHeaderByte(bytes.getUnsignedByte(index++));
            }
        }
        return found;
    }

    private boolean onHeaderByte(int value) {
        int position = headerBytesSeen++;
        if (position == HEADER_BYTES - 2) {
            length = value << 8;
        } else if (position == HEADER_BYTES - 1) {
            bodyBytesLeft = length | value;
            headerBytesSeen = 0;
        }
        return position == 0 && value == HANDSHAKE_RECORD;
    }
}
