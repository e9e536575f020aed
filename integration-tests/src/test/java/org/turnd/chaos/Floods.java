package org.turnd.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;

/// More datagrams than anybody asks for, from many ports of one host.
final class Floods {
    private static final int SOCKETS = 32;
    private static final int DATAGRAMS = 10_000;
    private static final int DTLS_HELLOS = 2_000;
    private static final int NOISE_BYTES_MAX = 200;

    /// How often answers are looked for when nothing is sent any more.
    private static final int LATE = 10 * SOCKETS;

    private static final long PAUSE_NANOS = 2_000_000;

    private Floods() {}

    private interface Source {
        byte[] next(Random random);
    }

    static String unauthorized(Arena arena, int times) throws IOException {
        return flood(arena, Daemon.PORT, DATAGRAMS * times, Floods::allocate);
    }

    /// Random bytes, and requests with some of their bytes changed.
    static String noise(Arena arena, int times) throws IOException {
        return flood(
                arena,
                Daemon.PORT,
                DATAGRAMS * times,
                random -> {
                    byte[] bytes =
                            random.nextBoolean()
                                    ? allocate(random)
                                    : new byte[random.nextInt(NOISE_BYTES_MAX)];
                    for (int i = 0; i < bytes.length; i++) {
                        if (bytes.length > 28 || random.nextInt(12) == 0) {
                            bytes[i] = (byte) random.nextInt();
                        }
                    }
                    return bytes;
                });
    }

    /// Beginnings of handshakes, none of which comes back with the cookie.
    static String dtlsHellos(Arena arena, int times) throws IOException {
        return flood(arena, Daemon.TLS_PORT, DTLS_HELLOS * times, Hellos::dtls);
    }

    static byte[] allocate(Random random) {
        ByteBuf buffer = Unpooled.buffer(64);
        TransactionId id = TransactionId.of(random.nextInt(), random.nextLong());
        StunWriter writer =
                new StunWriter()
                        .begin(buffer, 0, StunMethod.ALLOCATE, StunClass.REQUEST, id)
                        .put(new RequestedTransport(RequestedTransport.UDP));
        byte[] bytes = new byte[writer.length()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private static String flood(Arena arena, int port, int datagrams, Source source)
            throws IOException {
        List<DatagramChannel> sockets = new ArrayList<>();
        long sent = 0;
        long got = 0;
        int answers = 0;
        try {
            for (int i = 0; i < SOCKETS; i++) {
                sockets.add(arena.attacker(port));
            }
            ByteBuffer answer = ByteBuffer.allocate(2048);
            for (int i = 0; i < datagrams + LATE; i++) {
                DatagramChannel socket = sockets.get(i % SOCKETS);
                if (i < datagrams) {
                    sent += socket.write(ByteBuffer.wrap(source.next(arena.random())));
                } else {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                while (socket.read(answer.clear()) > 0) {
                    answers++;
                    got += answer.position();
                }
            }
        } finally {
            for (DatagramChannel socket : sockets) {
                socket.close();
            }
        }
        if (answers == 0 || answers > datagrams) {
            throw new IllegalStateException(answers + " answers to " + datagrams);
        }
        return "%d datagrams of %d bytes, %d answers of %d bytes"
                .formatted(datagrams, sent, answers, got);
    }
}
