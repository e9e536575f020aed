package org.turnd.server.net;

/// What relayed data keeps of its IP header, in one `int`: DSCP and ECN in the lowest octet, above
/// it the hop limit, 0 when nobody knows it.
final class IpHeader {
    /// Nothing is known, or nothing is kept: DSCP and ECN 0, the system's own hop limit.
    static final int NONE = 0;

    private IpHeader() {}

    static int of(int trafficClass, int hopLimit) {
        return hopLimit << 8 | trafficClass;
    }

    static int trafficClass(int header) {
        return header & 0xFF;
    }

    /// The hop limit to send with: one less, as from a router (RFC 7915 §4.1, §5.1); 0 for the
    /// system's own.
    static int onwardHopLimit(int header) {
        int received = header >>> 8;
        return received == 0 ? 0 : received - 1;
    }

    /// Says whether a router would discard the packet here: its hop limit is used up.
    static boolean isSpent(int header) {
        return header >>> 8 == 1;
    }
}
