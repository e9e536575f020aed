package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.engine.ClientPass;
import org.turnd.server.engine.ClientPath;

/// Brings what other shards pass on to the thread of this one.
final class HandOvers {
    /// Datagrams of other shards that are taken in one turn.
    private static final int PER_TURN = 256;

    private static final Logger LOG = LoggerFactory.getLogger(HandOvers.class);

    private final SingleThreadIoEventLoop loop;
    private final HandOverInbox.Reader reader;
    private final HandOverInbox inbox = new HandOverInbox();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Runnable drain = this::drain;

    /// @param reader called on the loop's thread
    HandOvers(SingleThreadIoEventLoop loop, HandOverInbox.Reader reader) {
        this.loop = loop;
        this.reader = reader;
    }

    /// Takes one datagram, on any thread, as [HandOverInbox#offer] does.
    boolean offer(
            long relayHigh,
            long relayLow,
            int relayPort,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            int header,
            ByteBuf buffer,
            int offset,
            int length) {
        boolean taken =
                inbox.offer(
                        relayHigh,
                        relayLow,
                        relayPort,
                        sourceHigh,
                        sourceLow,
                        sourcePort,
                        header,
                        buffer,
                        offset,
                        length);
        if (taken) {
            signal();
        }
        return taken;
    }

    /// Takes what is to be said about a client, on any thread, as [HandOverInbox#offer] does.
    boolean offer(
            int from,
            ClientPass kind,
            ClientPath client,
            int header,
            ByteBuf buffer,
            int offset,
            int length) {
        boolean taken = inbox.offer(from, kind, client, header, buffer, offset, length);
        if (taken) {
            signal();
        }
        return taken;
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
