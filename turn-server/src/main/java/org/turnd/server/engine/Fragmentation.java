package org.turnd.server.engine;

import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunMessage;

/// What the DONT-FRAGMENT attribute means on the way from a client to a peer (RFC 8656 §13 to §15).
final class Fragmentation {
    private Fragmentation() {}

    /// Says whether a Send's DONT-FRAGMENT is obeyed; where it isn't, it is ignored.
    static boolean isForbiddenBySend(ClientPath client, AddressFamily relay) {
        // K-06: over UDP between families, and between IPv6 hosts, the IP header itself decides.
        return !client.transport().isDatagram()
                || (client.client().isIpv4() && relay == AddressFamily.IPV4);
    }

    /// Says whether an Allocate with DONT-FRAGMENT asks for what this server can't do: translate
    /// IPv4 datagrams to IPv6 knowing whether their DF bit is set, which no socket tells (F-05, RFC
    /// 8656 §3.7).
    static boolean needsReceivedDontFragment(ClientPath client, StunMessage message) {
        RequestedAddressFamily requested = message.first(RequestedAddressFamily.class);
        boolean ipv6 =
                message.first(AdditionalAddressFamily.class) != null
                        || (requested != null && requested.family() == AddressFamily.IPV6.code());
        return ipv6 && needsReceivedDontFragment(client, AddressFamily.IPV6, message);
    }

    /// The same, once the family of the relay is known.
    static boolean needsReceivedDontFragment(
            ClientPath client, AddressFamily relay, StunMessage message) {
        return message.has(AttributeType.DONT_FRAGMENT)
                && client.transport().isDatagram()
                && client.client().isIpv4()
                && relay == AddressFamily.IPV6;
    }
}
