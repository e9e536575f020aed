package org.turnd.server.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// What the configuration asks about the machine it is for.
///
/// @param addresses all IP addresses of the interfaces that are up, port 0
/// @param interfaces those of each interface that is up, by its name, link-local ones left out;
///   what others reach best comes first
/// @param names who knows the addresses of host names
/// @param primaryIpv4, primaryIpv6 the address that others reach this machine at, as far as the
///   machine can know; null when there is none
public record LocalMachine(
        List<TransportAddress> addresses,
        Map<String, List<TransportAddress>> interfaces,
        HostNames names,
        @Nullable TransportAddress primaryIpv4,
        @Nullable TransportAddress primaryIpv6) {
    private static final Path IPV4_ROUTES = Path.of("/proc/net/route");
    private static final Path IPV6_ROUTES = Path.of("/proc/net/ipv6_route");
    private static final Path IPV6_ADDRESSES = Path.of("/proc/net/if_inet6");

    /// Linux's IFA_F_TEMPORARY, IFA_F_DADFAILED, IFA_F_DEPRECATED and IFA_F_TENTATIVE.
    private static final int UNSTABLE_FLAGS = 0x01 | 0x08 | 0x20 | 0x40;

    private static final String NO_ADDRESS = "0".repeat(32);

    public LocalMachine {
        addresses = List.copyOf(addresses);
        interfaces = Map.copyOf(interfaces);
    }

    /// A machine that knows no names.
    public LocalMachine(
            List<TransportAddress> addresses,
            @Nullable TransportAddress primaryIpv4,
            @Nullable TransportAddress primaryIpv6) {
        this(addresses, Map.of(), HostNames.NONE, primaryIpv4, primaryIpv6);
    }

    /// Looks at this machine's interfaces and routes. Sends nothing and opens no socket.
    public static LocalMachine look() {
        var addresses = new ArrayList<TransportAddress>();
        var candidates = new ArrayList<Candidate>();
        var interfaces = new HashMap<String, List<TransportAddress>>();
        String ipv4Default = ipv4DefaultInterface(lines(IPV4_ROUTES));
        String ipv6Default = ipv6DefaultInterface(lines(IPV6_ROUTES));
        Set<TransportAddress> unstable = unstableIpv6(lines(IPV6_ADDRESSES));
        try {
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
                if (!card.isUp()) {
                    continue;
                }
                interfaces.put(card.getName(), reachable(card, unstable));
                for (InetAddress address : card.inetAddresses().toList()) {
                    TransportAddress own = TransportAddress.of(address, 0);
                    addresses.add(own);
                    String route = own.isIpv4() ? ipv4Default : ipv6Default;
                    if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                        candidates.add(
                                new Candidate(
                                        own,
                                        card.getName().equals(route),
                                        !unstable.contains(own)));
                    }
                }
            }
        } catch (SocketException noInterfaces) {
            // A machine that doesn't tell its addresses has none to offer: whoever configures it
            // is asked to name one.
            return new LocalMachine(List.of(), null, null);
        }
        return new LocalMachine(
                addresses,
                interfaces,
                HostNames.SYSTEM,
                best(candidates, AddressFamily.IPV4),
                best(candidates, AddressFamily.IPV6));
    }

    private static List<TransportAddress> reachable(
            NetworkInterface card, Set<TransportAddress> unstable) {
        return card.inetAddresses()
                .filter(address -> !address.isLinkLocalAddress())
                .map(address -> TransportAddress.of(address, 0))
                .sorted(
                        Comparator.comparing(LocalMachine::isPrivate)
                                .thenComparing(unstable::contains))
                .toList();
    }

    /// Says whether this is a link-local IPv6 address, which means nothing without an interface.
    static boolean isScoped(TransportAddress address) {
        return !address.isIpv4() && address.toInetAddress().isLinkLocalAddress();
    }

    /// Says whether the machine has any address of this family.
    public boolean has(AddressFamily family) {
        return addresses.stream().anyMatch(address -> address.family() == family);
    }

    /// Says whether this is an address of the machine, whatever the ports.
    boolean owns(TransportAddress address) {
        return addresses.contains(address.withPort(0));
    }

    /// Says whether nobody outside of the operator's own network can send to this address.
    static boolean isPrivate(TransportAddress address) {
        InetAddress ip = address.toInetAddress();
        boolean uniqueLocal = !address.isIpv4() && address.high() >>> 57 == 0xFC >> 1;
        boolean shared = address.isIpv4() && (int) address.low() >>> 22 == 0x6440_0000 >>> 22;
        return ip.isSiteLocalAddress()
                || ip.isLoopbackAddress()
                || ip.isLinkLocalAddress()
                || uniqueLocal
                || shared;
    }

    record Candidate(TransportAddress address, boolean onDefaultRoute, boolean isStable) {}

    static @Nullable TransportAddress best(List<Candidate> candidates, AddressFamily family) {
        Optional<Candidate> best =
                candidates.stream()
                        .filter(candidate -> candidate.address().family() == family)
                        .min(
                                Comparator.comparing((Candidate one) -> !one.onDefaultRoute())
                                        .thenComparing(one -> isPrivate(one.address()))
                                        .thenComparing(one -> !one.isStable()));
        return best.map(Candidate::address).orElse(null);
    }

    /// The interface of the IPv4 default route with the least metric: columns interface,
    /// destination, gateway, flags, references, use, metric, mask.
    static @Nullable String ipv4DefaultInterface(List<String> lines) {
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 7)
                .filter(columns -> columns[1].equals("00000000") && columns[7].equals("00000000"))
                .min(Comparator.comparingLong(columns -> Long.parseLong(columns[6])))
                .map(columns -> columns[0])
                .orElse(null);
    }

    /// As for IPv4: destination, its prefix length, source, its length, next hop, metric,
    /// references, use, flags, interface; all in hexadecimal.
    static @Nullable String ipv6DefaultInterface(List<String> lines) {
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 9)
                .filter(columns -> columns[0].equals(NO_ADDRESS) && columns[1].equals("00"))
                .filter(columns -> !columns[9].equals("lo"))
                .min(Comparator.comparingLong(columns -> Long.parseLong(columns[5], 16)))
                .map(columns -> columns[9])
                .orElse(null);
    }

    /// The addresses that are there for a while only, privacy addresses above all: columns address,
    /// interface number, prefix length, scope, flags, interface; all in hexadecimal.
    static Set<TransportAddress> unstableIpv6(List<String> lines) {
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 5 && columns[0].length() == NO_ADDRESS.length())
                .filter(columns -> (Integer.parseInt(columns[4], 16) & UNSTABLE_FLAGS) != 0)
                .map(columns ->
                        new TransportAddress(
                                Long.parseUnsignedLong(columns[0], 0, 16, 16),
                                Long.parseUnsignedLong(columns[0], 16, 32, 16),
                                0))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException notLinux) {
            // Elsewhere the first suitable interface has to do.
            return List.of();
        }
    }
}
