package org.turnd.cli.check;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What has come in on a wire, read by a virtual thread that ends with the wire.
final class Inbox {
    /// A reader that nobody empties waits here, and the sockets' own buffers fill.
    private static final int FRAMES_MAX = 4096;

    private sealed interface Arrival {
        /// Never changed once it is here.
        @SuppressWarnings("ArrayRecordComponent") // carried from thread to thread, never compared
        record Frame(byte[] bytes) implements Arrival {}

        record End(IOException cause) implements Arrival {}
    }

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>(FRAMES_MAX);
    private @Nullable IOException end;

    Inbox(Wire wire) {
        Thread.ofVirtual().name("turn-client-inbox").start(() -> fill(wire));
    }

    /// Waits for a frame.
    ///
    /// @return the frame, or null if there was none in time
    /// @throws IOException what ended the wire, once the frames before it are taken
    byte @Nullable [] poll(Duration patience) throws IOException {
        if (end != null) {
            throw end;
        }
        try {
            var arrival = arrivals.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            return switch (arrival) {
                case null -> null;
                case Arrival.Frame(var bytes) -> bytes;
                case Arrival.End(var cause) -> {
                    end = cause;
                    throw cause;
                }
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void fill(Wire wire) {
        try {
            while (true) {
                try {
                    arrivals.put(new Arrival.Frame(wire.receive()));
                } catch (IOException e) {
                    arrivals.put(new Arrival.End(e));
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
