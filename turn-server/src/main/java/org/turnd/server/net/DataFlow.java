package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One direction of a relayed TCP connection. The next read is asked for when everything of the
/// last one was taken by the target's socket: whoever doesn't read stops whoever sends (L-17), and
/// no more than one read is held in memory. It waits longer while the user has used up its
/// bandwidth (I-17); nothing is dropped. Belongs to the source's loop.
final class DataFlow {
    private final DataEnd source;
    private final DataEnd target;
    private final Pace pace;
    private final Runnable onFinished;
    private @Nullable ScheduledFuture<?> pause;
    private long restNanos;
    private long restFromNanos = System.nanoTime();
    private int unwritten;
    private boolean ended;
    private boolean finished;

    /// @param onFinished told once, on the source's loop, when nothing more will pass
    DataFlow(DataEnd source, DataEnd target, Pace pace, Runnable onFinished) {
        this.source = source;
        this.target = target;
        this.pace = pace;
        this.onFinished = onFinished;
    }

    /// Passes on what the source has read. Consumes the buffer.
    void onData(ByteBuf data) {
        if (finished || !data.isReadable()) {
            data.release();
            return;
        }
        unwritten++;
        long now = System.nanoTime();
        restNanos = pace.spend(data.readableBytes(), now);
        restFromNanos = now;
        target.write(data, this);
    }

    /// The source has no more to say; the target hears of it when it has got everything.
    void onEnd() {
        ended = true;
        finishWhenWritten();
    }

    /// A [DataEnd#write] is done. Any thread.
    void onWritten() {
        onSourceLoop(this::written);
    }

    /// The target is gone. Any thread.
    void onTargetClosed() {
        onSourceLoop(this::finish);
    }

    /// Asks for the next read, as soon as the bandwidth allows one.
    void readInTime() {
        long wait = finished ? 0 : waitNanos(System.nanoTime());
        if (wait <= 0) {
            pause = null;
            source.read();
        } else {
            pause = source.loop().schedule(this::readInTime, wait, TimeUnit.NANOSECONDS);
        }
    }

    private long waitNanos(long now) {
        return Math.max(restNanos - (now - restFromNanos), pace.spend(0, now));
    }

    boolean isWaiting() {
        return unwritten > 0;
    }

    private void onSourceLoop(Runnable task) {
        if (source.loop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            source.loop().execute(task);
        } catch (RejectedExecutionException e) {
            // The server stops: the source's loop is gone, and its socket with it.
            return;
        }
    }

    private void written() {
        unwritten--;
        if (ended) {
            finishWhenWritten();
        } else if (unwritten == 0) {
            readInTime();
        }
    }

    private void finishWhenWritten() {
        if (unwritten == 0 && !finished) {
            target.endOutput();
            finish();
        }
    }

    private void finish() {
        if (!finished) {
            finished = true;
            if (pause != null) {
                var _ = pause.cancel(false);
            }
            onFinished.run();
        }
    }
}
