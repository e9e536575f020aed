package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.stun.TransportAddress;

/// BoringSSL alone: what it holds for a connection, and what it takes that the JDK doesn't.
@Timeout(30)
class TlsServerTest {
    @SuppressWarnings("NullAway.Init") // made before each test
    private TestTls tls;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TlsServer server;

    @SuppressWarnings("NullAway.Init") // made before each test
    private EventLoopGroup loops;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TransportAddress address;

    private final TlsHandshakes going = new TlsHandshakes(100);

    @BeforeEach
    void listen(@TempDir Path directory) throws Exception {
        tls = new TestTls(directory, TlsProvider.BORINGSSL);
        server =
                new TlsServer(
                        TlsMaterial.read(tls.material()),
                        new TlsProviderChoice(true, "configured"),
                        Duration.ofMillis(500),
                        going);
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel listener =
                new ServerBootstrap()
                        .group(loops)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(new Echo())
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        var bound = (InetSocketAddress) listener.localAddress();
        address = TransportAddress.of(bound.getAddress(), bound.getPort());
    }

    @AfterEach
    void freesEverything() {
        Eventually.equal(0, server::connections);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        server.close();
    }

    private Socket connect() throws IOException {
        var socket = new Socket(address.toInetAddress(), address.port());
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void holdsAnEngineWhileAConnectionIsOpen(String version) throws Exception {
        try (var socket = tls.connect(address, version)) {
            socket.getOutputStream().write('a');
            assertEquals('a', socket.getInputStream().read());
            assertEquals(1, server.connections());
        }
    }

    @Test
    void holdsNothingForAConnectionThatSaysNothing() throws Exception {
        try (var silent = connect();
                var socket = tls.connect(address, "TLSv1.3")) {
            socket.startHandshake();
            assertEquals(1, server.connections());
            silent.shutdownOutput();
        }
    }

    @Test
    void freesTheEngineOfAHandshakeThatFails() throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream().write(OldClientHello.of("TLSv1.1"));
            assertEquals(21, socket.getInputStream().read(), "an alert");
            StreamTest.readToEnd(socket);
        }
    }

    @Test
    void freesTheEngineOfAHandshakeThatEndsInTheMiddle() throws Exception {
        try (var socket = connect()) {
            byte[] hello = OldClientHello.of("TLSv1.1");
            socket.getOutputStream().write(Arrays.copyOf(hello, hello.length - 1));
        }
        try (var socket = connect()) {
            // A record that is no handshake goes to the engine at once.
            socket.getOutputStream().write(new byte[] {23, 3, 3, 0, 5, 1, 2});
        }
    }

    @Test
    @Tag("P-11")
    void freesTheEngineOfAHandshakeThatTakesTooLong() throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream().write(new byte[] {23, 3, 3, 0, 5, 1, 2});
            assertEquals(-1, StreamTest.readToEnd(socket));
        }
    }

    @Test
    @Tag("P-04")
    void makesNoEngineForUnknownProtocols() throws Exception {
        try (var socket = tls.connect(address, "TLSv1.3")) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            assertThrows(SSLException.class, socket::startHandshake);
            assertEquals(0, server.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "127.0.0.1", "2001:db8::7"})
    void takesAnAddressAsServerName(String name) throws Exception {
        // RFC 6066 §3 knows names only, but libwebrtc sends the literal of turns:[::1].
        // No client of the JDK would.
        SslContext context =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL_REFCNT)
                        .trustManager(tls.material().certificateChain().toFile())
                        .endpointIdentificationAlgorithm(null)
                        .build();
        try {
            SslHandler client = context.newHandler(ByteBufAllocator.DEFAULT);
            var engine = (ReferenceCountedOpenSslEngine) client.engine();
            SSL.setTlsExtHostName(engine.sslPointer(), name);
            Channel channel =
                    new Bootstrap()
                            .group(loops)
                            .channel(NioSocketChannel.class)
                            .handler(client)
                            .connect(address.toInetSocketAddress())
                            .sync()
                            .channel();
            client.handshakeFuture().sync();
            assertEquals(1, server.connections());
            channel.close().sync();
        } finally {
            ReferenceCountUtil.release(context);
        }
    }

    private final class Echo extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            assertTrue(server.addHandlers(channel.pipeline(), channel.alloc()));
            channel.pipeline()
                    .addLast(
                            new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(
                                        ChannelHandlerContext context, Object message) {
                                    var _ = context.writeAndFlush(message);
                                }

                                @Override
                                public void exceptionCaught(
                                        ChannelHandlerContext context, Throwable cause) {
                                    var _ = context.close();
                                }

                                @Override
                                public void userEventTriggered(
                                        ChannelHandlerContext context, Object event) {
                                    if (event instanceof SslHandshakeCompletionEvent done
                                            && !done.isSuccess()) {
                                        var _ = context.close();
                                    }
                                }
                            });
        }
    }
}
