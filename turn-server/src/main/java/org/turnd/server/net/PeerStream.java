package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;

/// A peer data connection (RFC 6062 §3), the only handler of its pipeline. Before a client is bound
/// to it nothing is read: what the peer sends waits in the kernel, whose receive window tells the
/// peer when to stop (L-10).
final class PeerStream extends SpliceableHandler {
    private final int id;
    private final TcpRelays relays;

    PeerStream(SocketChannel channel, int id, TcpRelays relays) {
        super(channel);
        this.id = id;
        this.relays = relays;
    }

    int id() {
        return id;
    }

    @Override
    public void write(ByteBuf data, DataFlow flow) {
        int length = data.readableBytes();
        var _ =
                channel()
                        .writeAndFlush(data)
                        .addListener(written -> {
                            if (written.isSuccess()) {
                                relays.onRelayed(id, length, 0);
                            }
                            flow.onWritten();
                        });
    }

    @Override
    public void endOutput() {
        var _ = channel().shutdownOutput();
    }

    @Override
    void end() {
        var _ = channel().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var data = (ByteBuf) message;
        relays.onRelayed(id, 0, data.readableBytes());
        onInput(data);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            onInputEnd();
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        super.channelInactive(context);
        relays.onGone(this);
    }
}
