package org.turnd.cli.bench;

import java.util.Arrays;

/// As fast as goes with a bounded number of packets under way: each burst that has come lets its
/// stream send another, or the next one where the window has no room for all.
final class WindowedLoad extends Load {
    /// Packets under way in all streams together.
    static final int UNDER_WAY_MAX = 1024;

    /// Packets under way in one stream: what the sockets of one allocation surely hold.
    static final int UNDER_WAY_IN_STREAM_MAX = 256;

    private static final long GIVEN_UP_NANOS = 20_000_000;

    /// Streams that may send a burst, a ring.
    private final int[] ready;

    private final int[] arrivedOfBurst;

    /// The next stream to have a turn where there are more streams than bursts under way, -1 else.
    private int nextInTurn = -1;

    private int head;
    private int size;
    private long lastProgressNanos;

    WindowedLoad(PacketStream[] streams, int burst, int round, long durationNanos) {
        super(streams, burst, round, durationNanos);
        int share = Math.min(UNDER_WAY_MAX / streams.length, UNDER_WAY_IN_STREAM_MAX);
        int bursts = Math.max(1, share / burst) * streams.length;
        ready = new int[Math.min(bursts, Math.max(1, UNDER_WAY_MAX / burst))];
        arrivedOfBurst = new int[streams.length];
    }

    @Override
    void begin(long nowNanos) {
        open(nowNanos);
    }

    /// Opens the whole window.
    private void open(long nowNanos) {
        int first = Math.max(0, nextInTurn);
        lastProgressNanos = nowNanos;
        head = 0;
        size = ready.length;
        Arrays.fill(arrivedOfBurst, 0);
        for (int i = 0; i < size; i++) {
            ready[i] = (first + i) % streamCount();
        }
        if (streamCount() > size) {
            nextInTurn = (first + size) % streamCount();
        }
    }

    @Override
    long sendDue(long nowNanos) {
        int packets = 0;
        for (; size > 0 && packets < TURN_PACKETS_MAX; packets += burst()) {
            int stream = ready[head];
            head = head + 1 == ready.length ? 0 : head + 1;
            size--;
            sendBurst(stream, nowNanos);
        }
        if (packets > 0) {
            lastProgressNanos = nowNanos;
        } else if (nowNanos - lastProgressNanos > GIVEN_UP_NANOS) {
            // What has not come by now was lost, and must not keep others waiting.
            open(nowNanos);
        }
        return BenchLoop.BUSY;
    }

    @Override
    void arrived(int stream) {
        if (++arrivedOfBurst[stream] < burst()) {
            return;
        }
        arrivedOfBurst[stream] = 0;
        // What comes after it was given up finds the window open.
        if (size < ready.length) {
            int tail = head + size;
            ready[tail < ready.length ? tail : tail - ready.length] = turnOr(stream);
            size++;
        }
    }

    private int turnOr(int stream) {
        if (nextInTurn < 0) {
            return stream;
        }
        int turn = nextInTurn;
        nextInTurn = turn + 1 == streamCount() ? 0 : turn + 1;
        return turn;
    }

    @Override
    long forfeited() {
        return 0;
    }
}
