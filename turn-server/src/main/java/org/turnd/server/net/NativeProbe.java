package org.turnd.server.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// Finds out whether the native plane works: Linux, epoll, the foreign function interface, and each
/// system call, which a sandbox may refuse.
final class NativeProbe {
    private NativeProbe() {}

    /// What stands in the way of the native plane, in one line, or null.
    static @Nullable String problem() {
        String system = System.getProperty("os.name", "");
        if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
            return "it needs Linux, and this is " + system;
        }
        try {
            if (!Epoll.isAvailable()) {
                return "epoll can't be used: " + deepest(Epoll.unavailabilityCause());
            }
            trySystemCalls();
            return null;
        } catch (IOException e) {
            return "a system call is refused: " + e.getMessage();
        } catch (LinkageError | RuntimeException e) {
            // Whatever the foreign function interface throws where it may not or cannot be used.
            return "the C library can't be called: " + deepest(e);
        }
    }

    private static String deepest(Throwable failure) {
        Throwable cause = failure;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            cause = next;
        }
        return cause.toString().lines().findFirst().orElse("");
    }

    private static void trySystemCalls() throws IOException {
        var libc = new Libc();
        var ring = new ReceiveRing(libc);
        try {
            var stage = new SendStage(libc, ring);
            try {
                sendToItself(libc, ring, stage);
            } finally {
                stage.free();
            }
        } finally {
            ring.free();
        }
    }

    private static void sendToItself(Libc libc, ReceiveRing ring, SendStage stage)
            throws IOException {
        int fd = libc.udpSocket(Libc.AF_INET);
        try {
            long loopback = TransportAddress.ipv4Low(0x7F00_0001);
            libc.bind(fd, 0, loopback, 0);
            if (ring.receive(fd, 1) < 0 && libc.errno() != Libc.EAGAIN) {
                throw libc.failure("recvmmsg");
            }
            int port = libc.localPort(fd);
            int entry =
                    stage.add(SendStage.NONE, 0, loopback, port, Unpooled.EMPTY_BUFFER, 0, 0, 0, 0);
            stage.build(entry, true);
            if (stage.send(fd, 0) < 0) {
                throw libc.failure("sendmmsg");
            }
        } finally {
            libc.close(fd);
        }
    }
}
