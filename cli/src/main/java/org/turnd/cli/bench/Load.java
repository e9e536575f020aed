package org.turnd.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Sends packets on all streams in turn for a time, as the work of a [BenchLoop].
abstract sealed class Load implements BenchLoop.Work permits PacedLoad, WindowedLoad {
    /// As fast as goes, with a bounded number of packets under way.
    static final double UNLIMITED = Double.POSITIVE_INFINITY;

    /// Packets sent before what has come is looked at again.
    static final int TURN_PACKETS_MAX = 64;

    private final PacketStream[] streams;
    private final int burst;
    private final int round;
    private final long durationNanos;
    private final CompletableFuture<Sent> done = new CompletableFuture<>();
    private long startNanos;
    private boolean started;
    private long sent;
    private long refused;

    /// What was sent.
    ///
    /// @param packets given to the operating system
    /// @param forfeited due, but the sender was too slow
    /// @param nanos how long it took
    record Sent(long packets, long forfeited, long nanos) {
        double packetsPerSecond() {
            return packets * 1e9 / Math.max(1, nanos);
        }
    }

    Load(PacketStream[] streams, int burst, int round, long durationNanos) {
        this.streams = streams.clone();
        this.burst = burst;
        this.round = round;
        this.durationNanos = durationNanos;
    }

    /// Makes a load that begins with its first turn.
    ///
    /// @param packetsPerSecond in all streams together, or [#UNLIMITED]
    static Load of(
            double packetsPerSecond,
            PacketStream[] streams,
            int burst,
            int round,
            long durationNanos) {
        return packetsPerSecond == UNLIMITED
                ? new WindowedLoad(streams, burst, round, durationNanos)
                : new PacedLoad(packetsPerSecond, streams, burst, round, durationNanos);
    }

    /// Waits for the end, but not for long. Not on the loop's thread.
    boolean isDoneWithin(Duration patience) throws IOException {
        try {
            done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IOException("sending failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Waits for the end. Not on the loop's thread.
    Sent await() throws IOException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IOException("sending failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public final long turn(long nowNanos) {
        if (!started) {
            started = true;
            startNanos = nowNanos;
            for (var stream : streams) {
                stream.restart();
            }
            begin(nowNanos);
        }
        long left = startNanos + durationNanos - nowNanos;
        if (left <= 0) {
            if (!done.isDone()) {
                done.complete(new Sent(sent, forfeited() + refused, nowNanos - startNanos));
            }
            return BenchLoop.IDLE;
        }
        long wait = sendDue(nowNanos);
        return wait == BenchLoop.BUSY ? wait : Math.min(wait, left);
    }

    abstract void begin(long nowNanos);

    /// Sends what is due.
    ///
    /// @return nanoseconds until something is due again, or [BenchLoop#BUSY]
    abstract long sendDue(long nowNanos);

    /// Returns how many packets were due and are never sent.
    abstract long forfeited();

    /// Takes notice of a packet that came to its destination.
    void arrived(int stream) {}

    final int streamCount() {
        return streams.length;
    }

    final int burst() {
        return burst;
    }

    final void sendBurst(int stream, long nanos) {
        int gone = 0;
        while (gone < burst && streams[stream].send(round, nanos)) {
            gone++;
        }
        sent += gone;
        refused += burst - gone;
    }
}
