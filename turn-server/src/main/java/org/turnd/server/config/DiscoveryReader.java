package org.turnd.server.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.BehaviorDiscovery;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// Reads the group `behavior-discovery` (N-03, RFC 5780 §6): nothing, or two addresses of a family
/// with the same two ports.
final class DiscoveryReader {
    private static final List<Integer> DEFAULT_PORTS = List.of(3478, 3479);

    private final SettingsReader reader;

    DiscoveryReader(SettingsReader reader) {
        this.reader = reader;
    }

    /// Returns the settings, or null when discovery is off or has problems.
    @Nullable BehaviorDiscovery read() {
        List<TransportAddress> addresses = reader.list(EntranceSchema.DISCOVERY_ADDRESSES);
        List<TransportAddress> external = reader.list(EntranceSchema.DISCOVERY_EXTERNAL);
        List<Integer> ports = ports();
        int rate = reader.value(EntranceSchema.DISCOVERY_RATE);
        // Each is asked, so that every problem is told at once.
        boolean paired = hasPairs(EntranceSchema.DISCOVERY_ADDRESSES, addresses);
        boolean twoPorts = hasTwoPorts(ports);
        boolean fits = fits(addresses, external);
        if (addresses.isEmpty() || !paired || !twoPorts || !fits) {
            return null;
        }
        List<TransportAddress> inPairs = inPairs(addresses);
        List<TransportAddress> seen = new ArrayList<>();
        for (TransportAddress one : inPairs) {
            seen.add(external.isEmpty() ? one : external.get(addresses.indexOf(one)));
        }
        return new BehaviorDiscovery(inPairs, seen, ports.getFirst(), ports.getLast(), rate);
    }

    private List<Integer> ports() {
        if (reader.isGiven(EntranceSchema.DISCOVERY_PORTS)) {
            return reader.list(EntranceSchema.DISCOVERY_PORTS);
        }
        reader.setEffective(EntranceSchema.DISCOVERY_PORTS, Hocon.list(DEFAULT_PORTS));
        return DEFAULT_PORTS;
    }

    private boolean hasPairs(Setting<TransportAddress> setting, List<TransportAddress> addresses) {
        if (!reader.isGood(setting)) {
            return false;
        }
        for (AddressFamily family : AddressFamily.values()) {
            List<TransportAddress> ofFamily = of(family, addresses);
            if (ofFamily.isEmpty()) {
                continue;
            }
            if (ofFamily.size() != 2 || ofFamily.getFirst().equals(ofFamily.getLast())) {
                reader.addProblem(
                        setting,
                        "%s has %s"
                                .formatted(
                                        family == AddressFamily.IPV4 ? "IPv4" : "IPv6",
                                        ofFamily.size() == 2
                                                ? "the same address twice"
                                                : ofFamily.size() == 1
                                                        ? "one address"
                                                        : ofFamily.size() + " addresses"),
                        "two different addresses of a family, or none",
                        "name two addresses of this machine, or remove the key");
                return false;
            }
        }
        return true;
    }

    private boolean hasTwoPorts(List<Integer> ports) {
        if (!reader.isGood(EntranceSchema.DISCOVERY_PORTS)) {
            return false;
        }
        if (ports.size() != 2 || ports.getFirst().equals(ports.getLast())) {
            reader.addProblem(
                    EntranceSchema.DISCOVERY_PORTS,
                    "found " + ports,
                    "two different ports",
                    "write two, as in [3478, 3479]");
            return false;
        }
        return true;
    }

    private boolean fits(List<TransportAddress> addresses, List<TransportAddress> external) {
        if (!reader.isGood(EntranceSchema.DISCOVERY_ADDRESSES, EntranceSchema.DISCOVERY_EXTERNAL)) {
            return false;
        }
        if (external.isEmpty()) {
            return true;
        }
        boolean matches = external.size() == addresses.size();
        for (int i = 0; matches && i < external.size(); i++) {
            matches = external.get(i).family() == addresses.get(i).family();
        }
        if (!matches) {
            reader.addProblem(
                    EntranceSchema.DISCOVERY_EXTERNAL,
                    "it doesn't match " + EntranceSchema.DISCOVERY_ADDRESSES.path(),
                    "one external address for each address, of its family, in the same order",
                    "add what is missing, or remove the key");
            return false;
        }
        return hasPairs(EntranceSchema.DISCOVERY_EXTERNAL, external);
    }

    private static List<TransportAddress> inPairs(List<TransportAddress> addresses) {
        var sorted = new ArrayList<>(of(AddressFamily.IPV4, addresses));
        sorted.addAll(of(AddressFamily.IPV6, addresses));
        return sorted;
    }

    private static List<TransportAddress> of(
            AddressFamily family, List<TransportAddress> addresses) {
        return addresses.stream().filter(one -> one.family() == family).toList();
    }
}
