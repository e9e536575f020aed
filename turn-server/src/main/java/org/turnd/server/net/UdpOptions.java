package org.turnd.server.net;

import org.turnd.server.config.ServerSettings;

/// How a UDP data plane sets its sockets up.
///
/// @param listenerBufferBytes what the kernel may queue for a listener, each way; it takes as much
///   of it as `net.core.rmem_max` and `net.core.wmem_max` allow
/// @param relayBufferBytes the same for a relay socket
/// @param segmented runs of datagrams of one size to one address may leave as one message that the
///   kernel cuts up (`UDP_SEGMENT`); the native plane only
public record UdpOptions(int listenerBufferBytes, int relayBufferBytes, boolean segmented) {
    /// What the configuration says of itself.
    public static final UdpOptions DEFAULTS = new UdpOptions(4 << 20, 256 << 10, true);

    static UdpOptions of(ServerSettings.Limits limits) {
        return new UdpOptions(limits.listenerBufferBytes(), limits.relayBufferBytes(), true);
    }

    /// These options with every datagram sent as a message of its own.
    public UdpOptions unsegmented() {
        return new UdpOptions(listenerBufferBytes, relayBufferBytes, false);
    }

    int bufferBytes(UdpIo.Role role) {
        return role == UdpIo.Role.RELAY ? relayBufferBytes : listenerBufferBytes;
    }
}
