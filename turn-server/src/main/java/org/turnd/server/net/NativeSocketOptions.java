package org.turnd.server.net;

import java.io.IOException;
import org.turnd.server.net.UdpIo.Role;

/// The options of the native plane's sockets.
final class NativeSocketOptions {
    private final Libc libc;
    private final UdpOptions options;

    NativeSocketOptions(Libc libc, UdpOptions options) {
        this.libc = libc;
        this.options = options;
    }

    /// Sets what a new socket begins with.
    void prepare(int fd, boolean ipv4, Role role) throws IOException {
        int bufferBytes = options.bufferBytes(role);
        libc.setOption(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, bufferBytes);
        libc.setOption(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF, bufferBytes);
        if (role == Role.SHARED_LISTENER) {
            libc.setOption(fd, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1);
        }
        int level = ipv4 ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6;
        if (!ipv4) {
            libc.setOption(fd, level, Libc.IPV6_V6ONLY, 1);
        }
        if (options.headers()) {
            libc.setOption(fd, level, ipv4 ? Libc.IP_RECVTOS : Libc.IPV6_RECVTCLASS, 1);
            libc.setOption(fd, level, ipv4 ? Libc.IP_RECVTTL : Libc.IPV6_RECVHOPLIMIT, 1);
        }
        if (options.merged()) {
            libc.setOption(fd, Libc.SOL_UDP, Libc.UDP_GRO, 1);
        }
        if (role == Role.RELAY) {
            libc.setOption(fd, level, ipv4 ? Libc.IP_RECVERR : Libc.IPV6_RECVERR, 1);
        }
        setDontFragment(fd, ipv4, false);
    }

    /// Says whether what the socket sends from now on may be cut into fragments, here or on its
    /// way. An IPv6 datagram is never cut on its way.
    void setDontFragment(int fd, boolean ipv4, boolean whole) throws IOException {
        if (ipv4) {
            // Not IP_PMTUDISC_DONT: such a socket isn't told that fragmentation is needed.
            int mode = whole ? Libc.IP_PMTUDISC_DO : Libc.IP_PMTUDISC_OMIT;
            libc.setOption(fd, Libc.IPPROTO_IP, Libc.IP_MTU_DISCOVER, mode);
        } else {
            libc.setOption(fd, Libc.IPPROTO_IPV6, Libc.IPV6_DONTFRAG, whole ? 1 : 0);
        }
    }
}
