package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.RejectedExecutionException;

/// One direction of a relayed TCP connection. The next read is asked for when everything of the
/// last one was taken by the target's socket: whoever doesn't read stops whoever sends (L-17), and
/// no more than one read is held in memory. Belongs to the source's loop.
final class DataFlow {
    private final DataEnd source;
    private final DataEnd target;
    private final Runnable onFinished;
    private int unwritten;
    private boolean ended;
    private boolean finished;

    /// @param onFinished told once, on the source's loop, when nothing more will pass
    DataFlow(DataEnd source, DataEnd target, Runnable onFinished) {
        this.source = source;
        this.target = target;
        this.onFinished = onFinished;
    }

    /// Passes on what the source has read. Consumes the buffer.
    void onData(ByteBuf data) {
        if (finished || !data.isReadable()) {
            data.release();
            return;
        }
        unwritten++;
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
            source.read();
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
            onFinished.run();
        }
    }
}
