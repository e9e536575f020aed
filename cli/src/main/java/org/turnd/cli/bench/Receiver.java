package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One thread that reads all UDP sockets of the bench.
final class Receiver implements AutoCloseable {
    /// Datagrams of one socket before the next socket has its turn.
    private static final int BATCH_MAX = 32;

    private static final int DATAGRAM_BYTES_MAX = 65_536;

    private final Selector selector = Selector.open();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(DATAGRAM_BYTES_MAX);
    private final ByteBuf same = Unpooled.wrappedBuffer(scratch);
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private final Thread thread = Thread.ofPlatform().name("bench-receiver").unstarted(this::run);

    Receiver() throws IOException {}

    void start() {
        thread.start();
    }

    /// Reads this socket, too.
    void add(DatagramLink link) throws IOException {
        link.channel().register(selector, SelectionKey.OP_READ, link);
        selector.wakeup();
    }

    /// Returns the first thing that went wrong, null if nothing did.
    @Nullable IOException failure() {
        return failure.get();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(this::read);
            }
        } catch (ClosedSelectorException e) {
            // How it ends.
            return;
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void read(SelectionKey key) {
        var link = (DatagramLink) key.attachment();
        try {
            for (int i = 0; i < BATCH_MAX && link.receive(scratch, same); i++) {}
        } catch (PortUnreachableException e) {
            failure.compareAndSet(null, e);
        } catch (IOException e) {
            // A socket that is closed at the end of the bench is nothing to tell.
            if (link.channel().isOpen()) {
                failure.compareAndSet(null, e);
            }
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a selector only frees it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
