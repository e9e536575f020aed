package org.turnd.peers.lab;

/// The nftables rulesets which make a namespace behave as a kind of NAT, for IPv4 and IPv6 alike.
///
/// The NAT's interface to the internet is called `wan`, the one to the peer `lan`.
final class NatRules {
    private NatRules() {}

    /// Returns the ruleset of a NAT with one host behind it.
    static String of(NatKind kind, String peerIpv4, String peerIpv6) {
        return switch (kind) {
            case SYMMETRIC -> ruleset("", "masquerade fully-random", "");
            case PORT_RESTRICTED -> ruleset("", "masquerade", "");
            case FULL_CONE -> fullCone(peerIpv4, peerIpv6);
            case NONE -> throw new IllegalArgumentException("there is no NAT to have rules");
        };
    }

    /// Plain masquerading keeps the port of the only host behind the NAT, so that a port which has
    /// been sent from once may be opened for everybody by the same number.
    private static String fullCone(String peerIpv4, String peerIpv6) {
        var inwards =
                """
                  set mapped {
                    type inet_service
                    flags dynamic, timeout
                    timeout 5m
                  }
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    iifname "wan" udp dport @mapped meta nfproto ipv4 dnat ip to %s
                    iifname "wan" udp dport @mapped meta nfproto ipv6 dnat ip6 to %s
                  }
                """
                        .formatted(peerIpv4, peerIpv6);
        var opening =
                """
                    iifname "lan" meta l4proto udp update @mapped { udp sport }
                    iifname "wan" ct status dnat accept
                """;
        return ruleset(inwards, "masquerade", opening);
    }

    /// The drop in the input chain matters: an unexpected packet that reached the NAT itself would
    /// leave a connection entry on the port, and the mapping of the host behind would then be moved
    /// to another one.
    private static String ruleset(String inwards, String outwards, String opening) {
        return """
        table inet nat {
        %s
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
            oifname "wan" %s
          }
          chain forwarding {
            type filter hook forward priority filter; policy drop;
        %s
            ct state established,related accept
            iifname "lan" accept
          }
          chain incoming {
            type filter hook input priority filter; policy drop;
            iifname != "wan" accept
            ct state established,related accept
            meta l4proto { icmp, ipv6-icmp } accept
          }
        }
        """
                .formatted(inwards, outwards, opening);
    }
}
