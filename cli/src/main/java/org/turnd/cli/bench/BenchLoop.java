package org.turnd.cli.bench;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.net.DataPlaneChoice;
import org.turnd.server.net.UdpIo;
import org.turnd.server.net.UdpOptions;

/// The one thread that sends and receives everything, on the server's own data plane: the native
/// one where it works, the portable one elsewhere. One thread does all, so that one core carries
/// the bench and nothing is handed over.
///
/// Other threads reach it through [#execute] and [#call].
final class BenchLoop implements AutoCloseable {
    /// What a [Work] returns when it does not want to wait.
    static final long BUSY = -1;

    /// What a [Work] returns when it wants to be asked again only when something has come.
    static final long IDLE = 0;

    private final DataPlaneChoice plane;
    private final ManualIoEventLoop loop;
    private final UdpIo udp;
    private final Thread thread;
    private final List<StreamLink> unflushed = new ArrayList<>();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private Work work = now -> IDLE;
    private long pollingNanos;

    /// What the loop does besides taking in what comes.
    interface Work {
        /// Sends what is due. Called again and again, on the loop's thread.
        ///
        /// @return nanoseconds until it wants to be called again, [#BUSY] or [#IDLE]
        long turn(long nowNanos);
    }

    private BenchLoop(DataPlaneChoice plane) throws IOException {
        this.plane = plane;
        thread = Thread.ofPlatform().name("bench-loop").unstarted(this::run);
        loop = new ManualIoEventLoop(thread, plane.ioHandlers());
        // No client and no peer of the real world sends segmented messages to the server's kernel.
        udp = plane.udpIo(loop, UdpOptions.DEFAULTS.unsegmented().merging());
    }

    /// Starts the thread.
    static BenchLoop start() throws IOException {
        var started = new BenchLoop(best());
        started.thread.start();
        return started;
    }

    private static DataPlaneChoice best() throws IOException {
        try {
            return DataPlaneChoice.of(DataPlane.NATIVE);
        } catch (IOException e) {
            // It works everywhere, only more slowly; the report names it.
            return DataPlaneChoice.of(DataPlane.PORTABLE);
        }
    }

    /// Returns the data plane's name, `native` or `portable`.
    String planeName() {
        return plane.name();
    }

    /// Returns the UDP sockets, for the loop's thread.
    UdpIo udp() {
        return udp;
    }

    ManualIoEventLoop netty() {
        return loop;
    }

    SocketChannel newStreamChannel() {
        return plane.isNative() ? new EpollSocketChannel() : new NioSocketChannel();
    }

    /// Flushes a connection when everything that is due has been written. On the loop's thread.
    void flushLater(StreamLink link) {
        unflushed.add(link);
    }

    /// Gives the loop something to do from now on. On the loop's thread.
    void work(Work next) {
        work = next;
    }

    /// Gives the loop nothing to do. On the loop's thread.
    void rest() {
        work = now -> IDLE;
    }

    /// Returns the CPU time that this process has used, without the time for which the loop looked
    /// in vain for something to do. Not on the loop's thread.
    Duration cpu() throws IOException {
        long polled = call(() -> pollingNanos);
        var all = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return all.minusNanos(polled);
    }

    /// Runs a task on the loop's thread, later.
    void execute(Runnable task) {
        loop.execute(task);
    }

    /// Runs a task on the loop's thread and waits for it.
    <T> T call(Callable<T> task) throws IOException {
        try {
            return loop.submit(task).get();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void run() {
        try {
            while (!loop.isShuttingDown()) {
                turn();
            }
        } catch (RuntimeException e) {
            failure.set(e);
        } finally {
            udp.close();
            var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            while (!loop.isTerminated()) {
                loop.runNow();
            }
        }
    }

    private void turn() {
        long start = System.nanoTime();
        long wait = work.turn(start);
        udp.flush();
        unflushed.forEach(StreamLink::flush);
        unflushed.clear();
        int handled = loop.run(wait, 0);
        udp.flush();
        if (wait == BUSY && handled == 0) {
            pollingNanos += System.nanoTime() - start;
        }
    }

    @Override
    public void close() {
        var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var bug = failure.get();
        if (bug != null) {
            throw new IllegalStateException("the bench's loop failed", bug);
        }
    }
}
