package org.turnd.cli.check;

import java.net.InetAddress;
import java.util.List;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// A peer that no server should let its clients reach.
///
/// @param what lives there
record InnerPeer(TransportAddress address, String what) {
    static List<InnerPeer> of(AddressFamily family) {
        return switch (family) {
            case IPV4 ->
                    List.of(
                            inner("127.0.0.1", "the server's own services"),
                            inner("169.254.169.254", "the cloud's metadata service"));
            case IPV6 -> List.of(inner("::1", "the server's own services"));
        };
    }

    private static InnerPeer inner(String literal, String what) {
        return new InnerPeer(TransportAddress.of(InetAddress.ofLiteral(literal), 0), what);
    }
}
