package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Ends the handshake of a client that offers protocols by ALPN and none of ours (P-04, RFC 7301
/// §3.2), which Netty's adapter for BoringSSL would let pass. Reads the ClientHello, then gives its
/// place and all bytes to the TLS handler.
final class AlpnGuard extends SslClientHelloHandler<Boolean> {
    /// What BoringSSL itself takes.
    private static final int CLIENT_HELLO_BYTES_MAX = 16 << 10;

    private static final int VERSION_AND_RANDOM_BYTES = 2 + 32;
    private static final int ALPN_EXTENSION = 16;

    /// A record of TLS 1.2, which is what 1.3 writes there as well: alert, fatal,
    /// no_application_protocol.
    private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    private final List<String> protocols;
    private final Supplier<SslHandler> tls;

    /// @param tls makes the handler that takes over
    AlpnGuard(List<String> protocols, Supplier<SslHandler> tls) {
        super(CLIENT_HELLO_BYTES_MAX);
        this.protocols = protocols;
        this.tls = tls;
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext context, @Nullable ByteBuf clientHello) {
        return context.executor()
                .newSucceededFuture(clientHello == null || isAcceptable(clientHello));
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, Future<Boolean> acceptable) {
        if (acceptable.getNow()) {
            context.pipeline().replace(this, null, tls.get());
            return;
        }
        var _ = context.writeAndFlush(Unpooled.wrappedBuffer(NO_APPLICATION_PROTOCOL));
        context.fireUserEventTriggered(
                new SslHandshakeCompletionEvent(
                        new SSLHandshakeException("no application protocol in common")));
    }

    /// What can't be read is left to the TLS handler, which refuses it with the right alert.
    private boolean isAcceptable(ByteBuf hello) {
        try {
            hello.skipBytes(VERSION_AND_RANDOM_BYTES);
            hello.skipBytes(hello.readUnsignedByte()); // session id
            hello.skipBytes(hello.readUnsignedShort()); // cipher suites
            hello.skipBytes(hello.readUnsignedByte()); // compression methods
            if (!hello.isReadable()) {
                return true;
            }
            ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
            while (extensions.isReadable()) {
                int type = extensions.readUnsignedShort();
                ByteBuf body = extensions.readSlice(extensions.readUnsignedShort());
                if (type == ALPN_EXTENSION) {
                    return offersOneOfOurs(body.readSlice(body.readUnsignedShort()));
                }
            }
            return true;
        } catch (IndexOutOfBoundsException e) {
            return true;
        }
    }

    private boolean offersOneOfOurs(ByteBuf offered) {
        while (offered.isReadable()) {
            int length = offered.readUnsignedByte();
            if (protocols.contains(
                    offered.readCharSequence(length, StandardCharsets.US_ASCII).toString())) {
                return true;
            }
        }
        return false;
    }
}
