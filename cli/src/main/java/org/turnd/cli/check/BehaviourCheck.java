package org.turnd.cli.check;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunAttribute.ChangeRequest;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.ResponseOrigin;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// How the NAT between here and a server maps and filters (RFC 5780 §4.3, §4.4), for a server that
/// answers from two addresses.
final class BehaviourCheck {
    private static final String NAME = "behaviour";
    private static final int SENT_MAX = 3;
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int DATAGRAM_BYTES_MAX = 65_535;

    private final TransportAddress primary;
    private final SecureRandom random = new SecureRandom();

    /// An answer, and where it came from.
    private record Answer(StunMessage message, TransportAddress source) {
        @Nullable TransportAddress mapped() {
            var mapped = message.first(XorMappedAddress.class);
            return mapped == null ? null : mapped.address();
        }
    }

    /// The server does not do what its OTHER-ADDRESS promises.
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String why) {
            super(why);
        }
    }

    /// @param primary where the server was asked
    BehaviourCheck(TransportAddress primary) {
        this.primary = primary;
    }

    /// Tries it.
    ///
    /// @param other the OTHER-ADDRESS of the server, null if it has none
    Ability run(@Nullable TransportAddress other) {
        if (other == null) {
            return Ability.notOffered(NAME, "clients can't find out how their NAT behaves");
        }
        try {
            // What the first socket has sent to would pass any filter.
            return Ability.works(
                    NAME,
                    "from here mapping is " + mapping(other) + ", filtering " + filtering(other));
        } catch (Broken e) {
            return Ability.broken(NAME, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return Ability.broken(NAME, "no way to " + other + ": " + e.getMessage());
        }
    }

    private String mapping(TransportAddress other) throws IOException, Broken {
        try (var socket = new DatagramSocket()) {
            var first = answered(socket, primary);
            var second = answered(socket, other.withPort(primary.port()));
            if (first.equals(second)) {
                return "endpoint-independent";
            }
            return second.equals(answered(socket, other))
                    ? "address-dependent"
                    : "address- and port-dependent";
        }
    }

    private TransportAddress answered(DatagramSocket socket, TransportAddress server)
            throws IOException, Broken {
        var answer = ask(socket, server, new ChangeRequest(false, false));
        var mapped = answer == null ? null : answer.mapped();
        if (mapped == null) {
            throw new Broken("nobody answers at " + server);
        }
        return mapped;
    }

    private String filtering(TransportAddress other) throws IOException, Broken {
        try (var socket = new DatagramSocket()) {
            if (isAnsweredFrom(other, socket, new ChangeRequest(true, true))) {
                return "endpoint-independent";
            }
            return isAnsweredFrom(
                            primary.withPort(other.port()), socket, new ChangeRequest(false, true))
                    ? "address-dependent"
                    : "address- and port-dependent, unless a firewall before the server is closed";
        }
    }

    private boolean isAnsweredFrom(
            TransportAddress expected, DatagramSocket socket, ChangeRequest change)
            throws IOException, Broken {
        var answer = ask(socket, primary, change);
        if (answer == null) {
            return false;
        }
        if (!answer.source().equals(expected)) {
            throw new Broken(
                    "an answer that should come from "
                            + expected
                            + " comes from "
                            + answer.source());
        }
        return true;
    }

    private @Nullable Answer ask(
            DatagramSocket socket, TransportAddress server, ChangeRequest change)
            throws IOException, Broken {
        var id = TransactionId.of(random.nextInt(), random.nextLong());
        var request = encode(id, change);
        for (var sent = 0; sent < SENT_MAX; sent++) {
            socket.send(new DatagramPacket(request, request.length, server.toInetSocketAddress()));
            var answer = receive(socket, id);
            if (answer != null) {
                return checked(answer);
            }
        }
        return null;
    }

    private static Answer checked(Answer answer) throws Broken {
        var error = answer.message().first(ErrorCode.class);
        if (error != null) {
            throw new Broken("CHANGE-REQUEST was answered " + error.code() + " " + error.reason());
        }
        var origin = answer.message().first(ResponseOrigin.class);
        if (origin != null && !origin.address().equals(answer.source())) {
            throw new Broken(
                    "an answer of " + answer.source() + " says it is of " + origin.address());
        }
        return answer;
    }

    private static @Nullable Answer receive(DatagramSocket socket, TransactionId id)
            throws IOException {
        var bytes = new byte[DATAGRAM_BYTES_MAX];
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                return null;
            }
            socket.setSoTimeout(Math.toIntExact(left));
            var packet = new DatagramPacket(bytes, bytes.length);
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException e) {
                return null;
            }
            var buffer = Unpooled.wrappedBuffer(bytes, 0, packet.getLength());
            if (StunMessage.decode(buffer, 0, packet.getLength()) instanceof StunMessage message
                    && message.transactionId().equals(id)
                    && message.messageClass() != StunClass.REQUEST) {
                var source = (InetSocketAddress) packet.getSocketAddress();
                return new Answer(message, TransportAddress.of(source));
            }
        }
    }

    private static byte[] encode(TransactionId id, ChangeRequest change) {
        var buffer = Unpooled.buffer();
        var writer = new StunWriter().begin(buffer, 0, StunMethod.BINDING, StunClass.REQUEST, id);
        if (change.changeIp() || change.changePort()) {
            writer.put(change);
        }
        writer.fingerprint();
        return ByteBufUtil.getBytes(buffer, 0, writer.length());
    }
}
