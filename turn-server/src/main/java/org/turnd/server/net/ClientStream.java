package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A client data connection (RFC 6062 §3): what a [StreamConnection] becomes by its ConnectionBind.
///
/// Over TLS an end in one direction ends the other too, once what was sent has arrived: TLS 1.2
/// knows no half-closed connection (RFC 5246 §7.2.1).
final class ClientStream extends SpliceableHandler {
    private final boolean encrypted;
    private final @Nullable TlsRecords records;
    private final Runnable onClosed;

    /// @param encrypted this is TLS
    /// @param records what encrypts, where Netty's handler has left the pipeline
    /// @param onClosed told when the connection is gone
    ClientStream(
            SocketChannel channel,
            boolean encrypted,
            @Nullable TlsRecords records,
            Runnable onClosed) {
        super(channel);
        this.encrypted = encrypted;
        this.records = records;
        this.onClosed = onClosed;
    }

    @Override
    public void write(ByteBuf data, DataFlow flow) {
        if (!onLoop(() -> writeNow(data, flow))) {
            data.release();
        }
    }

    private void writeNow(ByteBuf data, DataFlow flow) {
        ByteBuf out = data;
        if (records != null) {
            try {
                out = records.encrypt(data, new int[] {data.readableBytes()}, 1);
            } catch (SSLException e) {
                var _ = channel().close();
                flow.onWritten();
                return;
            } finally {
                data.release();
            }
        }
        var _ = channel().writeAndFlush(out).addListener(_ -> flow.onWritten());
    }

    @Override
    public void endOutput() {
        // Behind the answer to the ConnectionBind, wherever that is.
        boolean ignored =
                onLoop(() -> {
                    var _ =
                            channel()
                                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                                    .addListener(_ -> endOutputNow());
                });
    }

    private void endOutputNow() {
        if (encrypted) {
            end();
        } else {
            var _ = channel().shutdownOutput();
        }
    }

    @Override
    void end() {
        if (records != null && channel().isActive()) {
            records.end();
        }
        var _ = channel().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        TlsRecords tls = records;
        if (tls == null) {
            onInput((ByteBuf) message);
            return;
        }
        ByteBuf plaintext;
        try {
            plaintext = tls.decrypt((ByteBuf) message);
        } finally {
            ReferenceCountUtil.release(message);
        }
        boolean empty = !plaintext.isReadable();
        onInput(plaintext);
        if (tls.isEnded()) {
            onTlsEnd();
        } else if (empty) {
            // The rest of a record is still to come, and nobody else asks for it.
            read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        switch (event) {
            case ChannelInputShutdownEvent _ -> {
                if (encrypted) {
                    onTlsEnd();
                } else {
                    onInputEnd();
                }
            }
            case SslCloseCompletionEvent _ -> onTlsEnd();
            default -> super.userEventTriggered(context, event);
        }
    }

    /// The client has ended TLS. What it has sent before still goes to the peer.
    void onTlsEnd() {
        onInputEnd();
        onOutputClosed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        super.channelInactive(context);
        if (records != null) {
            records.release();
        }
        onClosed.run();
    }
}
