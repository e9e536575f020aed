package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/// A connection to a port of TLS. Where the first byte is even, the rest comes instead of a
/// handshake. Otherwise there is a real one, of TLS 1.3 or 1.2, and the rest is a program: what the
/// client sends, how its records are altered on the way, and in which pieces they arrive. What
/// comes out is the beginning of what the client has sent, whatever was done to it.
public final class TlsTarget {
    private static final int STEPS_MAX = 64;
    private static final int PACKET_BYTES = 18 << 10;
    private static final SslContext SERVER;
    private static final List<SslContext> CLIENTS;

    static {
        try {
            Path directory = Files.createTempDirectory("turnd-fuzz");
            Path chain = directory.resolve("chain.pem");
            Path key = directory.resolve("key.pem");
            SelfSignedCertificate.write(
                    chain, key, List.<InetAddress>of(), List.of("localhost"), Duration.ofDays(1));
            SERVER =
                    SslContextBuilder.forServer(chain.toFile(), key.toFile())
                            .sslProvider(SslProvider.OPENSSL_REFCNT)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .build();
            CLIENTS = List.of(client("TLSv1.3"), client("TLSv1.2"));
            for (Path file : List.of(chain, key, directory)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final ReferenceCountedOpenSslEngine client;
    private final ReferenceCountedOpenSslEngine server;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final TlsRecords records;
    private final ByteBuf wire = Unpooled.buffer();
    private final ByteBuf sent = Unpooled.buffer();
    private int received;

    private static SslContext client(String version) throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .protocols(version)
                .build();
    }

    private TlsTarget(SslContext clients) throws SSLException {
        client = engine(clients);
        server = engine(SERVER);
        shakeHands();
        records = new TlsRecords(server, channel);
    }

    private static ReferenceCountedOpenSslEngine engine(SslContext context) {
        return (ReferenceCountedOpenSslEngine)
                context.newHandler(ByteBufAllocator.DEFAULT).engine();
    }

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) throws SSLException {
        if (input.length < 2) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 1) == 0) {
            beforeHandshake(rest, 1 + Byte.toUnsignedInt(input[0]));
            return;
        }
        var target = new TlsTarget(CLIENTS.get((input[0] >> 1) & 1));
        try {
            target.run(ByteBuffer.wrap(rest));
        } finally {
            target.release();
        }
    }

    private static void beforeHandshake(byte[] bytes, int piece) {
        var guard =
                new AlpnGuard(
                        ApplicationProtocols.NAMES,
                        () -> SERVER.newHandler(ByteBufAllocator.DEFAULT));
        var channel = new EmbeddedChannel(guard);
        try {
            for (int at = 0; at < bytes.length && channel.isOpen(); at += piece) {
                int end = Math.min(bytes.length, at + piece);
                channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(bytes, at, end)));
            }
        } catch (DecoderException e) {
            // No handshake of ours, or a broken one: that ends the connection.
            assertTrue(e.getCause() instanceof SSLException, e::toString);
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private void shakeHands() throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocateDirect(PACKET_BYTES);
        ByteBuffer toClient = ByteBuffer.allocateDirect(PACKET_BYTES);
        ByteBuffer data = ByteBuffer.allocateDirect(PACKET_BYTES);
        client.beginHandshake();
        server.beginHandshake();
        for (int i = 0; i < STEPS_MAX && isBusy(client, server); i++) {
            move(client, toServer, toClient, data);
            move(server, toClient, toServer, data);
        }
        assertEquals(HandshakeStatus.NOT_HANDSHAKING, server.getHandshakeStatus());
    }

    private static boolean isBusy(SSLEngine client, SSLEngine server) {
        return client.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                || server.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    /// Lets an engine take what has come, and say what it wants to.
    private static void move(SSLEngine engine, ByteBuffer out, ByteBuffer in, ByteBuffer data)
            throws SSLException {
        in.flip();
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            engine.unwrap(in, data.clear());
        }
        in.compact();
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            engine.getDelegatedTask().run();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            engine.wrap(ByteBuffer.allocate(0), out);
        }
    }

    private void run(ByteBuffer program) {
        try {
            for (int i = 0; i < STEPS_MAX && program.remaining() >= 2; i++) {
                step(program.get() & 7, Byte.toUnsignedInt(program.get()), program);
            }
            arrive(wire.readableBytes());
        } catch (SSLException e) {
            // A record was broken: that ends the connection, and nothing comes any more.
            assertTrue(server.refCnt() > 0);
        }
    }

    private void step(int what, int argument, ByteBuffer program) throws SSLException {
        int there = wire.readableBytes();
        switch (what) {
            case 0 -> send(argument);
            case 1 -> send(argument * 64);
            case 2 -> arrive(Math.min(there, argument));
            case 3 -> arrive(there);
            case 4 -> answer(argument);
            case 5 -> alter(argument);
            case 6 -> wire.writerIndex(wire.writerIndex() - Math.min(there, argument));
            default -> {
                byte[] strange = new byte[Math.min(argument, program.remaining())];
                program.get(strange);
                wire.writeBytes(strange);
            }
        }
    }

    private void send(int length) throws SSLException {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (sent.writerIndex() + i);
        }
        ByteBuffer out = ByteBuffer.allocateDirect(length + PACKET_BYTES);
        client.wrap(ByteBuffer.wrap(message), out);
        wire.writeBytes(out.flip());
        sent.writeBytes(message);
    }

    private void alter(int argument) {
        if (wire.isReadable()) {
            int at = wire.readerIndex() + argument % wire.readableBytes();
            wire.setByte(at, wire.getByte(at) ^ (1 + argument));
        }
    }

    /// Some bytes arrive at the server.
    private void arrive(int length) throws SSLException {
        if (length == 0) {
            return;
        }
        ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(wire, length);
        try {
            ByteBuf plaintext = records.decrypt(piece);
            try {
                int end = received + plaintext.readableBytes();
                assertTrue(end <= sent.writerIndex(), "more than was sent");
                assertEquals(sent.slice(received, end - received), plaintext);
                received = end;
            } finally {
                plaintext.release();
            }
        } finally {
            piece.release();
        }
    }

    /// The server sends two messages, and the client reads them.
    private void answer(int length) throws SSLException {
        ByteBuf messages = Unpooled.directBuffer().writeZero(2 * length);
        ByteBuf encrypted = records.encrypt(messages, new int[] {length, length}, 2);
        try {
            assertTrue(encrypted.readableBytes() >= 2 * length);
        } finally {
            encrypted.release();
            messages.release();
        }
    }

    private void release() {
        records.end();
        records.release();
        server.release();
        client.release();
        channel.finishAndReleaseAll();
    }
}
