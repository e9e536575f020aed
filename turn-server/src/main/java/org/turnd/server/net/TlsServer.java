package org.turnd.server.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;

/// The server's side of TLS 1.2 and 1.3 with one certificate. Safe on every thread.
///
/// There is no early data (P-12): neither implementation accepts any unless told to. Sessions are
/// resumed by tickets alone, so that nothing is kept for clients that have gone. The signatures of
/// handshakes are made on threads of their own, so that strangers who begin handshakes don't delay
/// media; each connection has at most one task waiting there.
final class TlsServer implements AutoCloseable {
    private static final int HANDSHAKE_THREADS = 2;
    private static final int ONE_RECORD_A_BUFFER = 0;

    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /// P-02 and RFC 9325 §4.2: forward secrecy and AEAD only.
    private static final List<String> CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private final TlsProviderChoice provider;
    private final long handshakeTimeoutMillis;
    private final TlsHandshakes going;

    /// Guarded by this server: a context must not be released while it makes a handler.
    private SslContext context;

    private final ExecutorService handshakes =
            Executors.newFixedThreadPool(
                    HANDSHAKE_THREADS, new DefaultThreadFactory("turnd-tls", true));

    /// @throws SSLException when the implementation takes no such key or certificate
    TlsServer(
            TlsMaterial material,
            TlsProviderChoice provider,
            Duration handshakeTimeout,
            TlsHandshakes going)
            throws SSLException {
        this.provider = provider;
        this.going = going;
        context = context(material, provider);
        handshakeTimeoutMillis = handshakeTimeout.toMillis();
    }

    /// Uses another certificate for the handshakes that begin from now on (P-10).
    ///
    /// @throws SSLException when the implementation takes no such key or certificate; then the old
    ///   one stays
    void use(TlsMaterial material) throws SSLException {
        SslContext next = context(material, provider);
        synchronized (this) {
            ReferenceCountUtil.release(context);
            context = next;
        }
    }

    private static SslContext context(TlsMaterial material, TlsProviderChoice provider)
            throws SSLException {
        SslContext context =
                SslContextBuilder.forServer(material.privateKey(), material.chain())
                        .sslProvider(
                                provider.isBoringSsl()
                                        ? SslProvider.OPENSSL_REFCNT
                                        : SslProvider.JDK)
                        .protocols(PROTOCOLS)
                        .ciphers(CIPHERS)
                        .applicationProtocolConfig(alpn(provider))
                        .clientAuth(ClientAuth.NONE)
                        .build();
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            // BoringSSL makes the keys of tickets itself and changes them every two days.
            sessions.setTicketKeys(new OpenSslSessionTicketKey[0]);
            sessions.setSessionCacheEnabled(false);
        }
        return context;
    }

    private static ApplicationProtocolConfig alpn(TlsProviderChoice provider) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN,
                // [AlpnGuard] is the fatal alert of BoringSSL.
                provider.isBoringSsl()
                        ? SelectorFailureBehavior.NO_ADVERTISE
                        : SelectorFailureBehavior.FATAL_ALERT,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocols.NAMES);
    }

    TlsProviderChoice provider() {
        return provider;
    }

    /// Adds the TLS handlers of a connection that begins with TLS. Returns false, and adds none,
    /// while there are as many handshakes as may be.
    boolean addHandlers(ChannelPipeline pipeline, ByteBufAllocator allocator) {
        ChannelHandler place = going.begin();
        if (place == null) {
            return false;
        }
        if (provider.isBoringSsl()) {
            pipeline.addLast(alpnGuard(allocator));
        } else {
            pipeline.addLast(new RenegotiationGuard(), handler(allocator));
        }
        pipeline.addLast(place);
        return true;
    }

    /// Adds the TLS handlers behind the handler of this context, as [#addHandlers].
    boolean addHandlersAfter(ChannelHandlerContext before) {
        ChannelHandler place = going.begin();
        if (place == null) {
            return false;
        }
        ChannelPipeline pipeline = before.pipeline();
        pipeline.addAfter(before.name(), null, place);
        if (provider.isBoringSsl()) {
            pipeline.addAfter(before.name(), null, alpnGuard(before.alloc()));
        } else {
            pipeline.addAfter(before.name(), null, handler(before.alloc()));
            pipeline.addAfter(before.name(), null, new RenegotiationGuard());
        }
        return true;
    }

    private AlpnGuard alpnGuard(ByteBufAllocator allocator) {
        return new AlpnGuard(ApplicationProtocols.NAMES, () -> handler(allocator));
    }

    private synchronized SslHandler handler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator, handshakes);
        handler.setHandshakeTimeoutMillis(handshakeTimeoutMillis);
        handler.setWrapDataSize(ONE_RECORD_A_BUFFER);
        return handler;
    }

    /// Returns how many connections with the present certificate hold memory of BoringSSL; 0 on the
    /// JDK.
    synchronized int connections() {
        return context instanceof ReferenceCounted counted ? counted.refCnt() - 1 : 0;
    }

    @Override
    public synchronized void close() {
        handshakes.shutdownNow();
        ReferenceCountUtil.release(context);
    }
}
