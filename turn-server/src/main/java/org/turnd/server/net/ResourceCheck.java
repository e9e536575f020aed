package org.turnd.server.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.turnd.server.config.ServerSettings;
import org.turnd.stun.TransportAddress;

/// Holds what the settings may come to need against what this process gets from its kernel.
public final class ResourceCheck {
    /// Files that a server has open whatever it serves: those of the JVM, the log, scrapes of the
    /// metrics.
    static final int OTHER_FILES = 128;

    /// An epoll descriptor, an event descriptor and a timer.
    private static final int FILES_PER_LOOP = 3;

    private final ServerSettings settings;
    private final int shards;
    private final int udpListeners;
    private final int streamListeners;
    private final Kernel kernel;

    /// @param listeners those that are open, without wildcards
    ResourceCheck(
            ServerSettings settings,
            int shards,
            List<ServerSettings.Listener> listeners,
            Kernel kernel) {
        this.settings = settings;
        this.shards = shards;
        this.kernel = kernel;
        streamListeners =
                (int) listeners.stream().filter(one -> !one.protocol().isDatagram()).count();
        udpListeners = listeners.size() - streamListeners;
    }

    /// Something that there is too little of.
    ///
    /// @param what what it is, and what comes of it
    /// @param fix what to do about it
    public record Shortage(String what, String fix) {
        @Override
        public String toString() {
            return what + "; " + fix;
        }
    }

    /// Returns what a server with these settings would have too little of in a process like this
    /// one.
    ///
    /// @param local the addresses that wildcards stand for
    public static List<Shortage> shortages(ServerSettings settings, List<TransportAddress> local)
            throws IOException {
        int shards = ShardGroup.shardCount(settings);
        List<ServerSettings.Listener> listeners =
                LocalAddresses.expand(settings.listeners(), local);
        return new ResourceCheck(settings, shards, listeners, Kernel.REAL).shortages();
    }

    /// What there is too little of.
    List<Shortage> shortages() throws IOException {
        var found = new ArrayList<Shortage>();
        checkOpenFiles(found);
        checkBuffers(found);
        return found;
    }

    private void checkOpenFiles(List<Shortage> found) {
        long relays = relaysMax();
        long clients = streamListeners == 0 ? 0 : settings.limits().connections();
        // A client's stream for each connection of a TCP relay.
        boolean relaysTcp = settings.relay().transports() != ServerSettings.RelayTransports.UDP;
        long connections = relaysTcp ? 2 * clients : clients;
        long others =
                OTHER_FILES + (long) shards * (FILES_PER_LOOP + udpListeners) + streamListeners;
        long needed = relays + connections + others;
        long allowed = kernel.openFilesMax();
        if (allowed < needed) {
            found.add(
                    new Shortage(
                            ("this process may open %d files and the configuration can need %d (%d"
                                            + " relays, %d connections, %d others): only about %d"
                                            + " relays and connections fit, further allocations get"
                                            + " 508")
                                    .formatted(
                                            allowed,
                                            needed,
                                            relays,
                                            connections,
                                            others,
                                            Math.max(0, allowed - others)),
                            ("set LimitNOFILE=%d in the unit (ulimit -n in a shell), or lower"
                                            + " limits.allocations and limits.connections")
                                    .formatted(needed)));
        }
    }

    /// An allocation has at most one relay of each family, and a relay a port of its own.
    private long relaysMax() {
        ServerSettings.Relay relay = settings.relay();
        int families = (relay.ipv4() == null ? 0 : 1) + (relay.ipv6() == null ? 0 : 1);
        int ports = relay.maxPort() - relay.minPort() + 1;
        return (long) families * Math.min(ports, settings.limits().allocations());
    }

    private void checkBuffers(List<Shortage> found) throws IOException {
        ServerSettings.Limits limits = settings.limits();
        boolean listeners = limits.listenerBufferBytes() >= limits.relayBufferBytes();
        int wanted = Math.max(limits.listenerBufferBytes(), limits.relayBufferBytes());
        int received = kernel.granted(StandardSocketOptions.SO_RCVBUF, wanted);
        int sent = kernel.granted(StandardSocketOptions.SO_SNDBUF, wanted);
        if (Math.min(received, sent) < wanted) {
            found.add(
                    new Shortage(
                            "the kernel queues at most %d bytes a UDP socket, not the %d of limits.%s-buffer"
                                    .formatted(
                                            Math.min(received, sent),
                                            wanted,
                                            listeners ? "listener" : "relay"),
                            mend(received < wanted, sent < wanted, wanted)));
        }
    }

    private static String mend(boolean receiving, boolean sending, int wanted) {
        return "sysctl -w"
                + (receiving ? " net.core.rmem_max=" + wanted : "")
                + (sending ? " net.core.wmem_max=" + wanted : "");
    }

    /// What a process gets.
    interface Kernel {
        /// How many files may be open at a time.
        long openFilesMax();

        /// How much of a socket's buffer of `wanted` bytes is granted.
        int granted(SocketOption<Integer> buffer, int wanted) throws IOException;

        /// This process's kernel. The JVM has raised the soft limit of open files to the hard one
        /// before this can ask.
        Kernel REAL =
                new Kernel() {
                    @Override
                    public long openFilesMax() {
                        return ManagementFactory.getOperatingSystemMXBean()
                                        instanceof UnixOperatingSystemMXBean unix
                                ? unix.getMaxFileDescriptorCount()
                                : Long.MAX_VALUE;
                    }

                    @Override
                    public int granted(SocketOption<Integer> buffer, int wanted)
                            throws IOException {
                        try (var probe = DatagramChannel.open(StandardProtocolFamily.INET)) {
                            probe.setOption(buffer, wanted);
                            return probe.getOption(buffer);
                        }
                    }
                };
    }
}
