package org.turnd.server.net;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Asks a STUN server which address a packet from this machine comes from: a Binding request over
/// UDP (RFC 8489 §6). Blocks: never to be called on an event loop.
public final class StunQuery {
    private static final long FIRST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long NANOS_PER_MILLISECOND = 1_000_000;
    private static final int DATAGRAM_BYTES_MAX = 1500;

    /// A server that starts again has no socket for a moment.
    private static final int REFUSALS_MAX = 2;

    private final DatagramSocket socket;
    private final TransportAddress server;
    private final TransactionId id;

    private StunQuery(DatagramSocket socket, TransportAddress server) {
        var random = new SecureRandom();
        this.socket = socket;
        this.server = server;
        id = TransactionId.of(random.nextInt(), random.nextLong());
    }

    /// Returns the address that the server sees.
    ///
    /// @param local where the request leaves from; its port doesn't matter
    /// @param server of the same family
    /// @param patience how long to wait at most
    /// @throws IOException when there is no answer, or one without such an address, with the reason
    ///   as half a sentence
    public static TransportAddress ask(
            TransportAddress local, TransportAddress server, Duration patience) throws IOException {
        try (var socket = new DatagramSocket(local.withPort(0).toInetSocketAddress())) {
            // From then on the kernel drops what comes from anywhere else.
            socket.connect(server.toInetSocketAddress());
            return new StunQuery(socket, server).ask(patience);
        }
    }

    private TransportAddress ask(Duration patience) throws IOException {
        byte[] request = request();
        long end = System.nanoTime() + patience.toNanos();
        int refusals = 0;
        // RFC 8489 §6.2.1: each wait is twice the one before.
        for (long wait = FIRST_WAIT_NANOS;
                System.nanoTime() < end && refusals < REFUSALS_MAX;
                wait *= 2) {
            long until = Math.min(end, System.nanoTime() + wait);
            try {
                socket.send(new DatagramPacket(request, request.length));
            } catch (PortUnreachableException nobody) {
                refusals++;
            }
            while (refusals < REFUSALS_MAX) {
                try {
                    byte[] datagram = receive(until);
                    if (datagram == null) {
                        break;
                    }
                    TransportAddress seen = seen(datagram);
                    if (seen != null) {
                        return seen;
                    }
                } catch (PortUnreachableException nobody) {
                    refusals++;
                }
            }
        }
        throw new IOException(
                refusals > 0
                        ? "nobody answers STUN at " + server
                        : "%s has not answered within %d ms"
                                .formatted(server, patience.toMillis()));
    }

    private byte[] request() {
        var buffer = Unpooled.buffer();
        var writer =
                new StunWriter()
                        .begin(buffer, 0, StunMethod.BINDING, StunClass.REQUEST, id)
                        .fingerprint();
        return ByteBufUtil.getBytes(buffer, 0, writer.length());
    }

    private byte @Nullable [] receive(long until) throws IOException {
        long nanos = until - System.nanoTime();
        if (nanos <= 0) {
            return null;
        }
        var packet = new DatagramPacket(new byte[DATAGRAM_BYTES_MAX], DATAGRAM_BYTES_MAX);
        // Rounded up: the rest of a millisecond is waited for, not spent on requests.
        socket.setSoTimeout((int) Math.ceilDiv(nanos, NANOS_PER_MILLISECOND));
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException silence) {
            return null;
        }
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /// Returns what the answer says, or null when this is none.
    private @Nullable TransportAddress seen(byte[] datagram) throws IOException {
        var decoded = StunMessage.decode(Unpooled.wrappedBuffer(datagram), 0, datagram.length);
        if (!(decoded instanceof StunMessage message)
                || message.method() != StunMethod.BINDING
                || !message.transactionId().equals(id)) {
            return null;
        }
        return switch (message.messageClass()) {
            case REQUEST, INDICATION -> null;
            case ERROR_RESPONSE -> {
                ErrorCode error = message.first(ErrorCode.class);
                throw new IOException(
                        "%s refuses to say: %s"
                                .formatted(server, error == null ? "?" : error.code()));
            }
            case SUCCESS_RESPONSE -> {
                XorMappedAddress mapped = message.first(XorMappedAddress.class);
                // RFC 8489 §6.3.3: an attribute that has to be understood and isn't.
                if (mapped == null || !message.unknownComprehensionRequired().isEmpty()) {
                    throw new IOException(server + " answers without XOR-MAPPED-ADDRESS");
                }
                yield mapped.address();
            }
        };
    }
}
