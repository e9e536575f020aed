package org.turnd.server.net;

/// How a UDP data plane sets its sockets up.
///
/// @param listenerBufferBytes what the kernel may queue for a listener, each way; it takes as much
///   of it as `net.core.rmem_max` and `net.core.wmem_max` allow
/// @param relayBufferBytes the same for a relay socket
/// @param segmented runs of datagrams of one size to one address may leave as one message that the
///   kernel cuts up (`UDP_SEGMENT`); the native plane only
/// @param merged the kernel may hand over a run of datagrams of one size from one sender in one
///   piece (`UDP_GRO`), which is cut up again before anybody sees it; the native plane only
/// @param headers [UdpIo#receivedTrafficClass] and [UdpIo#receivedHopLimit] are wanted; the native
///   plane only
public record UdpOptions(
        int listenerBufferBytes,
        int relayBufferBytes,
        boolean segmented,
        boolean merged,
        boolean headers) {
    /// As a server has them, with the sizes that the configuration begins with.
    public static final UdpOptions DEFAULTS = of(4 << 20, 256 << 10);

    static UdpOptions of(int listenerBufferBytes, int relayBufferBytes) {
        return new UdpOptions(listenerBufferBytes, relayBufferBytes, true, false, true);
    }

    /// These options with every datagram sent as a message of its own.
    public UdpOptions unsegmented() {
        return new UdpOptions(listenerBufferBytes, relayBufferBytes, false, merged, headers);
    }

    /// These options with runs of datagrams received in one piece.
    public UdpOptions merging() {
        return new UdpOptions(listenerBufferBytes, relayBufferBytes, segmented, true, headers);
    }

    /// These options without [UdpIo#receivedTrafficClass] and [UdpIo#receivedHopLimit].
    UdpOptions withoutHeaders() {
        return new UdpOptions(listenerBufferBytes, relayBufferBytes, segmented, merged, false);
    }

    int bufferBytes(UdpIo.Role role) {
        return role == UdpIo.Role.RELAY ? relayBufferBytes : listenerBufferBytes;
    }
}
