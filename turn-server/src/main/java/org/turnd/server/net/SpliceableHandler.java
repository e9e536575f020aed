package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// What both ends of a relayed TCP connection have in common: nothing is read unless it was asked
/// for, and the little that comes before the other end is known waits. Its state belongs to the
/// channel's loop.
abstract class SpliceableHandler extends ChannelInboundHandlerAdapter implements DataEnd {
    private final SocketChannel channel;
    private final Queue<ByteBuf> held = new ArrayDeque<>(1);
    private @Nullable DataFlow from;
    private @Nullable DataFlow to;
    private boolean inputEnded;
    private boolean outputClosed;
    private boolean closed;

    SpliceableHandler(SocketChannel channel) {
        this.channel = channel;
    }

    final SocketChannel channel() {
        return channel;
    }

    @Override
    public final EventExecutor loop() {
        return channel.eventLoop();
    }

    @Override
    public final void begin(DataFlow outgoing, DataFlow incoming) {
        if (!onLoop(() -> beginNow(outgoing, incoming))) {
            forgetHeld();
        }
    }

    private void beginNow(DataFlow outgoing, DataFlow incoming) {
        from = outgoing;
        to = incoming;
        for (ByteBuf data = held.poll(); data != null; data = held.poll()) {
            outgoing.onData(data);
        }
        if (inputEnded) {
            outgoing.onEnd();
        } else if (!outgoing.isWaiting()) {
            outgoing.readInTime();
        }
        if (outputClosed) {
            incoming.onTargetClosed();
        }
    }

    @Override
    public final void read() {
        channel.read();
    }

    @Override
    public final void close() {
        if (!onLoop(this::closeNow)) {
            forgetHeld();
        }
    }

    private void closeNow() {
        closed = true;
        forgetHeld();
        end();
    }

    private void forgetHeld() {
        held.forEach(ByteBuf::release);
        held.clear();
    }

    /// Closes the connection.
    abstract void end();

    /// Passes on what was read, or keeps it until [#begin]. Consumes the buffer.
    final void onInput(ByteBuf data) {
        DataFlow flow = from;
        if (closed) {
            data.release();
        } else if (flow == null) {
            held.add(data);
        } else {
            flow.onData(data);
        }
    }

    /// Nothing more will be read.
    final void onInputEnd() {
        if (!inputEnded) {
            inputEnded = true;
            if (from != null) {
                from.onEnd();
            }
        }
    }

    /// Nothing more can be written.
    final void onOutputClosed() {
        if (!outputClosed) {
            outputClosed = true;
            if (to != null) {
                to.onTargetClosed();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        onInputEnd();
        onOutputClosed();
        super.channelInactive(context);
    }

    /// Runs a task on the channel's loop, now if this is it.
    ///
    /// @return false when the loop is gone, because the server stops, and the channel with it
    final boolean onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return true;
        }
        try {
            channel.eventLoop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Resets are everyday business; the connection is all lost.
        var _ = channel.close();
    }
}
