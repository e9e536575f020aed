package org.turnd.chaos;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Connections that hang about: they must be closed, all of them, by the server.
final class Hangers {
    private static final int CONNECTIONS = 100;
    private static final int CONNECTIONS_MAX = 1000;
    private static final int END_MILLIS = 30_000;
    private static final Duration DRIP = Duration.ofMillis(200);
    private static final int DRIPS_MAX = 100;

    private Hangers() {}

    /// Says nothing over TCP, half a record over TLS.
    static String halfOpen(Arena arena, int times) throws IOException {
        int count = Math.min(CONNECTIONS_MAX, CONNECTIONS * times);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                boolean isTls = i % 2 == 0;
                Socket socket = arena.attackerStream(isTls ? Daemon.TLS_PORT : Daemon.PORT);
                sockets.add(socket);
                if (isTls) {
                    socket.getOutputStream().write(Hellos.beginningOfTls());
                }
            }
            for (Socket socket : sockets) {
                awaitEnd(socket);
            }
        } finally {
            close(sockets);
        }
        return count + " connections";
    }

    private static void awaitEnd(Socket socket) throws IOException {
        socket.setSoTimeout(END_MILLIS);
        try {
            while (socket.getInputStream().read() >= 0) {
                // A TLS alert, before the end.
            }
        } catch (SocketException reset) {
            return;
        }
    }

    /// A request byte by byte, never to its end.
    static String slowloris(Arena arena, int times) throws IOException {
        int count = Math.min(CONNECTIONS_MAX, CONNECTIONS / 2 * times);
        List<Socket> sockets = new ArrayList<>();
        byte[] request = new byte[1000];
        System.arraycopy(Floods.allocate(arena.random()), 0, request, 0, 20);
        request[2] = 0x7F; // a long one
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(arena.attackerStream(Daemon.PORT));
            }
            for (int drip = 0; drip < DRIPS_MAX && !sockets.isEmpty(); drip++) {
                int at = drip;
                sockets.removeIf(socket -> isClosedAt(socket, request[at]));
                LockSupport.parkNanos(DRIP.toNanos());
            }
            if (!sockets.isEmpty()) {
                throw new IllegalStateException(
                        "%d of %d drip on after %d bytes"
                                .formatted(sockets.size(), count, DRIPS_MAX));
            }
        } finally {
            close(sockets);
        }
        return count + " connections";
    }

    private static boolean isClosedAt(Socket socket, byte next) {
        try {
            socket.getOutputStream().write(next);
            return false;
        } catch (IOException closed) {
            close(List.of(socket));
            return true;
        }
    }

    private static void close(List<Socket> sockets) {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException("a socket that can't be closed", e);
            }
        }
    }
}
