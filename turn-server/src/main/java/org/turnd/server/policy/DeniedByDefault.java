package org.turnd.server.policy;

import java.util.List;
import org.turnd.server.config.CidrBlock;

/// The ranges that are no peers unless the operator allows them (CONFORMANCE S-01 to S-04), after
/// the IANA registries of special-purpose addresses.
///
/// @param block in CIDR notation
/// @param name what it is, for people
public record DeniedByDefault(String block, String name) {
    /// All of them. Every IPv4 range counts also where it is embedded in an IPv6 address.
    public static final List<DeniedByDefault> RANGES =
            List.of(
                    new DeniedByDefault("0.0.0.0/8", "this network"),
                    new DeniedByDefault("10.0.0.0/8", "private"),
                    new DeniedByDefault("100.64.0.0/10", "shared by carrier-grade NAT"),
                    new DeniedByDefault("100.100.100.200/32", "cloud metadata"),
                    new DeniedByDefault("127.0.0.0/8", "loopback"),
                    new DeniedByDefault("168.63.129.16/32", "cloud host agent"),
                    new DeniedByDefault("169.254.0.0/16", "link-local, cloud metadata"),
                    new DeniedByDefault("172.16.0.0/12", "private"),
                    new DeniedByDefault("192.0.0.0/24", "protocol assignments, cloud metadata"),
                    new DeniedByDefault("192.0.2.0/24", "documentation"),
                    new DeniedByDefault("192.88.99.0/24", "6to4 relay anycast"),
                    new DeniedByDefault("192.168.0.0/16", "private"),
                    new DeniedByDefault("198.18.0.0/15", "benchmarking"),
                    new DeniedByDefault("198.51.100.0/24", "documentation"),
                    new DeniedByDefault("203.0.113.0/24", "documentation"),
                    new DeniedByDefault("224.0.0.0/4", "multicast"),
                    new DeniedByDefault("240.0.0.0/4", "reserved"),
                    new DeniedByDefault("255.255.255.255/32", "broadcast"),
                    new DeniedByDefault("::/96", "unspecified, loopback, IPv4-compatible"),
                    new DeniedByDefault("::ffff:0:0:0/96", "IPv4-translated"),
                    new DeniedByDefault("64:ff9b:1::/48", "local-use NAT64"),
                    new DeniedByDefault("100::/64", "discard-only"),
                    new DeniedByDefault("100:0:0:1::/64", "dummy"),
                    new DeniedByDefault("2001::/23", "protocol assignments"),
                    new DeniedByDefault("2001::/32", "Teredo"),
                    new DeniedByDefault("2001:2::/48", "benchmarking"),
                    new DeniedByDefault("2001:db8::/32", "documentation"),
                    new DeniedByDefault("2002::/16", "6to4"),
                    new DeniedByDefault("3fff::/20", "documentation"),
                    new DeniedByDefault("5f00::/16", "segment routing"),
                    new DeniedByDefault("fc00::/7", "unique local, cloud metadata"),
                    new DeniedByDefault("fe80::/10", "link-local"),
                    new DeniedByDefault("fec0::/10", "site-local"),
                    new DeniedByDefault("ff00::/8", "multicast"));

    static List<CidrBlock> blocks() {
        return RANGES.stream().map(range -> CidrBlock.parse(range.block())).toList();
    }
}
