package org.turnd.server.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.turnd.server.config.CidrBlock;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.engine.PeerPolicy;
import org.turnd.stun.TransportAddress;

/// Decides by address which peers may be reached (CONFORMANCE S-01 to S-06). Immutable; safe on
/// every thread; allocates nothing.
///
/// In this order: this server's own listening sockets never; what the operator allows; not what the
/// operator denies, nor [DeniedByDefault], nor this machine's own addresses; everything else. An
/// IPv6 address that carries an IPv4 address is denied where that one is denied, and an allowed
/// IPv4 range does not open the IPv6 forms of it: whoever wants those must name them.
public final class AddressRules implements PeerPolicy {
    private static final long NAT64_HIGH = 0x0064_FF9B_0000_0000L;
    private static final long ISATAP = 0x5EFEL;

    /// The universal/local bit of a modified EUI-64 interface identifier; ISATAP knows both.
    private static final long ISATAP_GLOBAL_BIT = 0x0200_0000L;

    private final AddressRanges allowed;
    private final AddressRanges denied;
    private final long[] ownHigh;
    private final long[] ownLow;
    private final int[] ownPort;

    /// @param allow, deny the operator's lists
    /// @param ownListeners listening sockets of this server, concrete addresses with their ports;
    ///   never peers
    /// @param ownAddresses IP addresses of this machine; no peers unless allowed
    public AddressRules(
            List<CidrBlock> allow,
            List<CidrBlock> deny,
            Collection<TransportAddress> ownListeners,
            Collection<TransportAddress> ownAddresses) {
        var denials = new ArrayList<>(DeniedByDefault.blocks());
        denials.addAll(deny);
        for (TransportAddress own : ownAddresses) {
            denials.add(CidrBlock.parse(own.host()));
        }
        allowed = AddressRanges.of(allow);
        denied = AddressRanges.of(denials);
        ownHigh = ownListeners.stream().mapToLong(TransportAddress::high).toArray();
        ownLow = ownListeners.stream().mapToLong(TransportAddress::low).toArray();
        ownPort = ownListeners.stream().mapToInt(TransportAddress::port).toArray();
    }

    /// The rules of these settings, which are already checked.
    ///
    /// @param ownListeners, ownAddresses as in the constructor
    public static AddressRules of(
            ServerSettings.Peers peers,
            Collection<TransportAddress> ownListeners,
            Collection<TransportAddress> ownAddresses) {
        return new AddressRules(
                peers.allow().stream().map(CidrBlock::parse).toList(),
                peers.deny().stream().map(CidrBlock::parse).toList(),
                ownListeners,
                ownAddresses);
    }

    @Override
    public boolean permits(long high, long low) {
        if (allowed.contains(high, low)) {
            return true;
        }
        if (denied.contains(high, low)) {
            return false;
        }
        return !carriesIpv4(high, low) || !denied.contains(0, TransportAddress.ipv4Low((int) low));
    }

    @Override
    public boolean permits(long high, long low, int port) {
        for (int i = 0; i < ownPort.length; i++) {
            if (low == ownLow[i] && port == ownPort[i] && high == ownHigh[i]) {
                return false;
            }
        }
        return permits(high, low);
    }

    /// S-02: NAT64 (RFC 6052 §2.1) and ISATAP (RFC 5214 §6.1) carry IPv4 in the last 32 bits. The
    /// other forms are denied as a whole.
    private static boolean carriesIpv4(long high, long low) {
        boolean nat64 = high == NAT64_HIGH && low >>> 32 == 0;
        boolean isatap = (low >>> 32 & ~ISATAP_GLOBAL_BIT) == ISATAP;
        return nat64 || isatap;
    }
}
