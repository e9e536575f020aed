package org.turnd.server.net;

import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.DataPlane;

/// The data plane a server runs on.
///
/// @param isNative Linux's own system calls and epoll, or the JDK's channels
/// @param reason why it is this one, in one line
public record DataPlaneChoice(boolean isNative, String reason) {
    /// Netty's own SO_REUSEPORT isn't for sockets that connect. Level and name as Linux has them.
    private static final IntegerUnixChannelOption EPOLL_REUSEPORT =
            new IntegerUnixChannelOption("SO_REUSEPORT", 1, 15);

    /// Chooses what the operator wants and this system can do.
    ///
    /// @throws IOException when `native` is wanted and doesn't work here; the message says why
    public static DataPlaneChoice of(DataPlane wanted) throws IOException {
        return of(wanted, NativeProbe::problem);
    }

    static DataPlaneChoice of(DataPlane wanted, Probe probe) throws IOException {
        return switch (wanted) {
            case PORTABLE -> new DataPlaneChoice(false, "configured");
            case NATIVE -> {
                String problem = probe.problem();
                if (problem != null) {
                    throw new IOException(
                            "data-plane = native doesn't work here: %s; auto or portable does"
                                    .formatted(problem));
                }
                yield new DataPlaneChoice(true, "configured");
            }
            case AUTO -> {
                String problem = probe.problem();
                yield problem == null
                        ? new DataPlaneChoice(true, "auto: epoll and batched sockets work here")
                        : new DataPlaneChoice(false, "auto: native doesn't work here: " + problem);
            }
        };
    }

    /// `native` or `portable`.
    public String name() {
        return isNative ? "native" : "portable";
    }

    /// Makes the handlers of the plane's event loops.
    public IoHandlerFactory ioHandlers() {
        return isNative ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /// Makes the plane of one event loop.
    ///
    /// @param loop a loop with a handler of [#ioHandlers]
    public UdpIo udpIo(IoEventLoop loop, UdpOptions options) throws IOException {
        return isNative ? new NativeUdpIo(loop, options) : new PortableUdpIo(loop, options);
    }

    ServerChannel serverChannel(SocketProtocolFamily family) {
        return isNative
                ? new EpollServerSocketChannel(family)
                : new NioServerSocketChannel(SelectorProvider.provider(), family);
    }

    Channel socketChannel(SocketProtocolFamily family) {
        return isNative
                ? new EpollSocketChannel(family)
                : new NioSocketChannel(SelectorProvider.provider(), family);
    }

    /// Lets a TCP socket share its port (SO_REUSEPORT).
    ///
    /// @return whether the system can
    boolean sharePort(Channel channel) {
        return isNative
                ? channel.config().setOption(EPOLL_REUSEPORT, 1)
                : channel.config()
                        .setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
    }

    /// Says whether the native plane works.
    interface Probe {
        /// What stands in the way, or null.
        @Nullable String problem();
    }
}
