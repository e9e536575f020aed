package org.turnd.server.net;

import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what other shards pass on to the thread of this one.
final class HandOvers {
    /// Datagrams of other shards that are taken in one turn.
    private static final int PER_TURN = 256;

    private static final Logger LOG = LoggerFactory.getLogger(HandOvers.class);

    private final SingleThreadIoEventLoop loop;
    private final HandOverInbox.Reader reader;
    private final HandOverInbox inbox = new HandOverInbox(this::signal);
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Runnable drain = this::drain;

    /// @param reader called on the loop's thread
    HandOvers(SingleThreadIoEventLoop loop, HandOverInbox.Reader reader) {
        this.loop = loop;
        this.reader = reader;
    }

    /// Returns where other shards bring what they pass on; its reader is called on this shard's
    /// thread.
    HandOverInbox inbox() {
        return inbox;
    }

    private void signal() {
        if (signalled.compareAndSet(false, true)) {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException e) {
                LOG.debug("A shard has stopped; what is handed over to it is lost");
            }
        }
    }

    private void drain() {
        signalled.set(false);
        if (inbox.drain(PER_TURN, reader)) {
            signal();
        }
    }
}
