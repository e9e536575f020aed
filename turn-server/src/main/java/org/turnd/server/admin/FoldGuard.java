package org.turnd.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Looks for header lines that are continued on the next one (RFC 9112 §5.2). Netty's decoder joins
/// them; another parser in front may see two headers there.
final class FoldGuard extends ChannelInboundHandlerAdapter {
    private boolean isAtLineStart;
    private boolean isPastHeaders;
    private boolean isFolded;

    /// Says whether the headers that have arrived have such a line.
    boolean isFolded() {
        return isFolded;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!isPastHeaders && message instanceof ByteBuf bytes) {
            bytes.forEachByte(this::look);
        }
        context.fireChannelRead(message);
    }

    private boolean look(byte octet) {
        if (isAtLineStart && (octet == ' ' || octet == '\t')) {
            isFolded = true;
        }
        isPastHeaders = isAtLineStart && (octet == '\r' || octet == '\n');
        isAtLineStart = octet == '\n';
        return !isPastHeaders;
    }
}
