package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.TurnFailure;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.TransportAddress;

/// Many clients at the same time, each with one [ClientLife] after the other, as the work of a
/// [BenchLoop]. Its figures may be read when [#await] has returned.
final class Lives implements BenchLoop.Work {
    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
    private static final long TICK_NANOS = 10_000_000;

    /// Clients that begin in one turn of the loop, so that they don't come in one heap.
    private static final int BEGINNINGS_MAX = 16;

    private final Setting setting;
    private final Requests requests;
    private final Client[] clients;
    private final long durationNanos;
    private final CompletableFuture<Long> over = new CompletableFuture<>();
    private final Histogram latencyNanos = new Histogram(LATENCY_NANOS_MAX, 3);
    private long startNanos;
    private long lastTickNanos;
    private int begun;
    private int living;
    private long completed;
    private long mismatches;
    private long repeated;
    private long nanos;
    private @Nullable TurnFailure failure;

    /// What all clients have in common.
    ///
    /// @param local where their sockets are bound, with port 0
    /// @param peer whom they bind a channel to
    record Setting(
            BenchLoop loop,
            Endpoint server,
            TransportAddress local,
            StreamConnector connector,
            ClientOptions options,
            TransportAddress peer) {}

    /// @param clients at the same time
    Lives(Setting setting, int clients, long durationNanos) {
        this.setting = setting;
        this.requests = new Requests(setting.options().credential());
        this.clients = new Client[clients];
        this.durationNanos = durationNanos;
    }

    /// Waits until the time is up and every client's last life is over. Not on the loop's thread.
    void await() throws IOException {
        try {
            nanos = over.get();
        } catch (ExecutionException e) {
            throw new IOException("the clients failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    long completed() {
        return completed;
    }

    long mismatches() {
        return mismatches;
    }

    long repeated() {
        return repeated;
    }

    long nanos() {
        return nanos;
    }

    /// Returns the first thing that went wrong, null if nothing did.
    @Nullable TurnFailure failure() {
        return failure;
    }

    Histogram latencyNanos() {
        return latencyNanos;
    }

    @Override
    public long turn(long nowNanos) {
        if (begun == 0) {
            startNanos = nowNanos;
            lastTickNanos = nowNanos;
        }
        for (int i = 0; i < BEGINNINGS_MAX && begun < clients.length; i++) {
            var client = new Client();
            clients[begun++] = client;
            living++;
            client.begin(nowNanos);
        }
        if (nowNanos - lastTickNanos >= TICK_NANOS) {
            lastTickNanos = nowNanos;
            for (int i = 0; i < begun; i++) {
                clients[i].life.onTime(nowNanos);
            }
        }
        if (living == 0 && begun == clients.length) {
            over.complete(nowNanos - startNanos);
            return BenchLoop.IDLE;
        }
        return BenchLoop.BUSY;
    }

    private boolean isTimeUp(long nowNanos) {
        return nowNanos - startNanos >= durationNanos || failure != null;
    }

    /// One client after the other in one place.
    private final class Client implements ClientLife.Surroundings {
        private static final int NONE = -1;

        private final ClientLife life =
                new ClientLife(
                        requests,
                        setting.options().retransmission(),
                        setting.server().carrier().isReliable(),
                        setting.peer(),
                        this);
        private int socket = NONE;
        private @Nullable Stream stream;
        private long bornNanos;

        void begin(long nowNanos) {
            if (isTimeUp(nowNanos)) {
                living--;
                return;
            }
            bornNanos = nowNanos;
            if (setting.server().carrier() != Carrier.UDP) {
                var connecting = new Stream(this);
                stream = connecting;
                setting.connector().connect(connecting);
                return;
            }
            var local = setting.local();
            try {
                socket =
                        setting.loop()
                                .udp()
                                .open(
                                        local.high(),
                                        local.low(),
                                        local.port(),
                                        Role.RELAY,
                                        this::onDatagram);
            } catch (IOException e) {
                failed(new TurnFailure(new Failure.Unreachable(String.valueOf(e.getMessage())), e));
                return;
            }
            life.begin(nowNanos);
        }

        private void onDatagram(
                int from, long high, long low, int port, ByteBuf buffer, int offset, int length) {
            life.onFrame(buffer, offset, length, System.nanoTime());
        }

        @Override
        public void send(ByteBuf message, int length) {
            if (stream != null) {
                stream.send(message, length);
                return;
            }
            var to = setting.server().address();
            setting.loop().udp().send(socket, to.high(), to.low(), to.port(), message, 0, length);
        }

        @Override
        public void done() {
            long now = System.nanoTime();
            latencyNanos.recordValue(Math.min(now - bornNanos, LATENCY_NANOS_MAX));
            completed++;
            leave();
            begin(now);
        }

        @Override
        public void mismatch() {
            mismatches++;
            leave();
            begin(System.nanoTime());
        }

        @Override
        public void failed(TurnFailure why) {
            if (failure == null) {
                failure = why;
            }
            leave();
            living--;
        }

        @Override
        public void repeated() {
            repeated++;
        }

        private void leave() {
            life.stop();
            if (socket != NONE) {
                setting.loop().udp().close(socket);
                socket = NONE;
            }
            if (stream != null) {
                stream.leave();
                stream = null;
            }
        }
    }

    /// The TCP or TLS connection of one life.
    private final class Stream implements StreamConnector.Receiver {
        private final Client client;
        private @Nullable Channel connection;
        private boolean isOver;

        Stream(Client client) {
            this.client = client;
        }

        @Override
        public void opened(Channel opened) {
            connection = opened;
            client.life.begin(System.nanoTime());
        }

        @Override
        public void frame(ByteBuf buffer, int offset, int length) {
            if (!isOver) {
                client.life.onFrame(buffer, offset, length, System.nanoTime());
            }
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            if (!isOver) {
                client.failed(setting.connector().failure(cause));
            }
        }

        void send(ByteBuf message, int length) {
            var open = connection;
            if (open != null) {
                var copy = open.alloc().directBuffer(length).writeBytes(message, 0, length);
                var _ = open.writeAndFlush(copy, open.voidPromise());
            }
        }

        void leave() {
            isOver = true;
            if (connection != null) {
                var _ = connection.close();
            }
        }
    }
}
