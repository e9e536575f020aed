package org.turnd.server.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts of one UDP data plane: written by its thread alone, read by any.
public final class UdpCounters {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    /// What is counted.
    public enum Counter {
        RECEIVED_DATAGRAMS,
        RECEIVED_BYTES,
        SENT_DATAGRAMS,
        SENT_BYTES,
        /// The socket's send buffer was full (EAGAIN, ENOBUFS).
        DROPPED_BUFFER_FULL,
        /// The address can't be reached (ENETUNREACH, EHOSTUNREACH, ECONNREFUSED, EPERM, EINVAL).
        DROPPED_UNREACHABLE,
        /// The datagram doesn't fit (EMSGSIZE).
        DROPPED_TOO_LONG,
        RECEIVE_ERRORS,
        /// ICMP errors about what relays sent: a port, host or network can't be reached.
        ICMP_UNREACHABLE,
        /// Fragmentation needed (IPv4), packet too big (IPv6).
        ICMP_TOO_BIG,
        ICMP_TIME_EXCEEDED,
        ICMP_OTHER
    }

    private final long[] counts = new long[Counter.values().length];

    /// Adds `n`. The plane's thread only.
    public void add(Counter counter, long n) {
        SLOT.setOpaque(counts, counter.ordinal(), counts[counter.ordinal()] + n);
    }

    public long get(Counter counter) {
        return (long) SLOT.getOpaque(counts, counter.ordinal());
    }
}
