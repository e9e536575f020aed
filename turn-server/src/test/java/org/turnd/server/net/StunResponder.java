package org.turnd.server.net;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// A STUN server on loopback that sees what a test wants it to see.
final class StunResponder implements AutoCloseable {
    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final AtomicInteger requests = new AtomicInteger();
    private final Thread thread;
    private volatile Function<StunMessage, List<StunMessage>> answers;

    /// @param seen what it says at first
    StunResponder(TransportAddress seen) throws IOException {
        answers = request -> List.of(success(request.transactionId(), seen));
        thread = Thread.ofVirtual().start(this::serve);
    }

    TransportAddress address() {
        return TransportAddress.of(socket.getLocalAddress(), socket.getLocalPort());
    }

    void sees(TransportAddress address) {
        answers(request -> List.of(success(request.transactionId(), address)));
    }

    void saysNothing() {
        answers(request -> List.of());
    }

    void answers(Function<StunMessage, List<StunMessage>> wanted) {
        answers = wanted;
    }

    int requests() {
        return requests.get();
    }

    static StunMessage success(TransactionId id, TransportAddress seen) {
        return answer(StunClass.SUCCESS_RESPONSE, id, new XorMappedAddress(seen.withPort(4711)));
    }

    static StunMessage answer(StunClass messageClass, TransactionId id, StunAttribute attribute) {
        return StunMessage.builder(StunMethod.BINDING, messageClass, id).add(attribute).build();
    }

    private void serve() {
        var packet = new DatagramPacket(new byte[1500], 1500);
        try {
            while (true) {
                socket.receive(packet);
                var bytes = Unpooled.wrappedBuffer(packet.getData());
                if (StunMessage.decode(bytes, 0, packet.getLength())
                        instanceof StunMessage request) {
                    requests.incrementAndGet();
                    for (StunMessage answer : answers.apply(request)) {
                        send(socket, answer, packet.getSocketAddress());
                    }
                }
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    static void send(DatagramSocket from, StunMessage message, SocketAddress to)
            throws IOException {
        byte[] bytes = ByteBufUtil.getBytes(message.encode());
        from.send(new DatagramPacket(bytes, bytes.length, to));
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
