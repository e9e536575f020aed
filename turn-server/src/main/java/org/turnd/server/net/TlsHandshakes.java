package org.turnd.server.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// How many TLS handshakes are going on (P-11). Safe on every thread.
final class TlsHandshakes {
    private final int max;
    private final AtomicInteger going = new AtomicInteger();

    TlsHandshakes(int max) {
        this.max = max;
    }

    /// Takes a place. Returns a handler that stands behind TLS's and gives the place back when the
    /// handshake is over or the connection gone, or null when there is none.
    @Nullable ChannelHandler begin() {
        if (going.incrementAndGet() > max) {
            going.decrementAndGet();
            return null;
        }
        return new Place();
    }

    /// Handshakes that are going on.
    int going() {
        return going.get();
    }

    private final class Place extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event)
                throws Exception {
            super.userEventTriggered(context, event);
            if (event instanceof SslHandshakeCompletionEvent) {
                context.pipeline().remove(this);
            }
        }

        /// Also when the channel closes.
        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            going.decrementAndGet();
        }
    }
}
