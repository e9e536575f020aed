package org.turnd.cli.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;

/// A UDP port on loopback that answers each request as a test says.
final class ScriptedServer implements AutoCloseable {
    /// Decides the answer to a request.
    interface Script {
        /// Returns the datagram to answer, or null for none.
        ///
        /// @param number counted from 1
        byte @Nullable [] answer(int number, StunMessage request);
    }

    private final DatagramSocket socket;
    private final AtomicInteger requests = new AtomicInteger();

    ScriptedServer(Script script) {
        try {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(() -> serve(script));
    }

    Endpoint endpoint() {
        return Endpoint.of(Carrier.UDP, InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }

    int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve(Script script) {
        var buffer = new byte[65_535];
        while (!socket.isClosed()) {
            var packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                var bytes = Unpooled.wrappedBuffer(buffer, 0, packet.getLength());
                if (StunMessage.decode(bytes, 0, packet.getLength()) instanceof StunMessage m) {
                    var answer = script.answer(requests.incrementAndGet(), m);
                    if (answer != null) {
                        socket.send(
                                new DatagramPacket(
                                        answer, answer.length, packet.getSocketAddress()));
                    }
                }
            } catch (IOException e) {
                // Closed, also in the middle of sending: the test is over.
                return;
            }
        }
    }

    static byte[] success(
            StunMessage request, @Nullable IntegrityKey key, StunAttribute... attributes) {
        return encode(request.method(), StunClass.SUCCESS_RESPONSE, request, key, attributes);
    }

    static byte[] error(StunMessage request, int code, StunAttribute... more) {
        var attributes = new ArrayList<StunAttribute>();
        attributes.add(new StunAttribute.ErrorCode(code, "because"));
        attributes.addAll(List.of(more));
        return encode(
                request.method(),
                StunClass.ERROR_RESPONSE,
                request,
                null,
                attributes.toArray(StunAttribute[]::new));
    }

    private static byte[] encode(
            StunMethod method,
            StunClass messageClass,
            StunMessage request,
            @Nullable IntegrityKey key,
            StunAttribute... attributes) {
        ByteBuf buffer = Unpooled.buffer();
        var writer =
                new StunWriter().begin(buffer, 0, method, messageClass, request.transactionId());
        for (var attribute : attributes) {
            writer.put(attribute);
        }
        if (key != null) {
            writer.integrity(new MessageIntegrity(), key);
        }
        return ByteBufUtil.getBytes(buffer, 0, writer.length());
    }
}
