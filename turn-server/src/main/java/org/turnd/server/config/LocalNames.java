package org.turnd.server.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// Finds the addresses of this machine that an operator means with a name: an interface's, or a
/// host's. Each name is looked up once.
///
/// What goes wrong here depends on the machine and its network, and may be over at the next start.
final class LocalNames {
    private final SettingsReader reader;
    private final LocalMachine machine;
    private final List<String> warnings;
    private final Map<String, Found> found = new HashMap<>();

    /// @param local addresses of this machine
    /// @param foreign what the name has besides
    /// @param failure why there is nothing, empty when the name is known
    private record Found(
            List<TransportAddress> local, List<TransportAddress> foreign, String failure) {}

    LocalNames(SettingsReader reader, LocalMachine machine, List<String> warnings) {
        this.reader = reader;
        this.machine = machine;
        this.warnings = warnings;
    }

    /// Returns where to listen; a wildcard stays one. What can't be found is a problem.
    List<TransportAddress> listenAddresses(Setting<ListenAddress> setting) {
        List<ListenAddress> said = reader.list(setting);
        List<TransportAddress> addresses = new ArrayList<>();
        Set<TransportAddress> named = new LinkedHashSet<>();
        for (ListenAddress one : said) {
            TransportAddress literal = one.address();
            if (literal == null) {
                named.addAll(named(setting, one));
            } else if (literal.toInetAddress().isAnyLocalAddress() && !has(literal.family())) {
                warnings.add(
                        "%s = %s: this machine has no %s address, so nobody is served there"
                                .formatted(setting.path(), literal, text(literal.family())));
            } else {
                addresses.add(literal);
            }
        }
        // Two names of one address, or a name beside its address, are no mistake.
        named.stream().filter(one -> !addresses.contains(one)).forEach(addresses::add);
        if (said.stream().anyMatch(one -> one.address() == null) && reader.isGood(setting)) {
            reader.setEffective(setting, Hocon.list(addresses));
        }
        return addresses;
    }

    private List<TransportAddress> named(Setting<ListenAddress> setting, ListenAddress one) {
        return one.name().equals(ListenAddress.EVERYWHERE)
                ? everywhere(one.port())
                : local(setting, one.name(), one.text()).stream()
                        .map(address -> address.withPort(one.port()))
                        .toList();
    }

    /// Returns the wildcards of the families that this machine has.
    List<TransportAddress> everywhere(int port) {
        List<TransportAddress> wildcards = new ArrayList<>();
        boolean hasIpv6 = has(AddressFamily.IPV6);
        if (has(AddressFamily.IPV4) || !hasIpv6) {
            wildcards.add(TransportAddress.ipv4(0, port));
        }
        if (hasIpv6) {
            wildcards.add(new TransportAddress(0, 0, port));
        }
        return wildcards;
    }

    /// Returns the address to relay from, port 0, or null when there is none.
    @Nullable TransportAddress relayAddress(
            Setting<RelayAddress> setting, String name, AddressFamily family) {
        List<TransportAddress> all = local(setting, name, name);
        for (TransportAddress address : all) {
            if (address.family() == family) {
                reader.setEffective(setting, Hocon.value(address.host()));
                return address;
            }
        }
        if (!all.isEmpty()) {
            addProblem(
                    setting,
                    name,
                    "%s has no %s address".formatted(name, text(family)),
                    "name another, or set %s = none".formatted(setting.path()));
        }
        return null;
    }

    private List<TransportAddress> local(Setting<?> setting, String name, String item) {
        Found addresses = found.computeIfAbsent(name, this::look);
        if (addresses.local().isEmpty()) {
            addProblem(
                    setting,
                    item,
                    addresses.failure(),
                    addresses.foreign().isEmpty()
                            ? "see `ip address` for interfaces and addresses, `getent ahosts %s` for"
                                            .formatted(name)
                                    + " names"
                            : "name an address or an interface of this machine; behind a 1:1 NAT the"
                                    + " public address belongs into relay.external-ipv4");
        } else if (!addresses.foreign().isEmpty()) {
            warnings.add(
                    "%s = %s: of its addresses %s are not this machine's"
                            .formatted(setting.path(), item, hosts(addresses.foreign())));
        }
        return addresses.local();
    }

    private void addProblem(Setting<?> setting, String item, String text, String fix) {
        reader.setBad(setting);
        reader.addPassingProblem(setting, item, text, setting.type().expected(), fix);
    }

    /// An interface wins over a host of the same name.
    private Found look(String name) {
        List<TransportAddress> card = machine.interfaces().get(name);
        if (card != null) {
            return new Found(
                    card, List.of(), "the interface %s has no address now".formatted(name));
        }
        try {
            List<TransportAddress> local = new ArrayList<>();
            List<TransportAddress> foreign = new ArrayList<>();
            for (TransportAddress address : machine.names().addresses(name)) {
                (machine.owns(address) && !LocalMachine.isScoped(address) ? local : foreign)
                        .add(address);
            }
            return new Found(
                    local,
                    foreign,
                    "%s is %s, and this machine has no such address"
                            .formatted(name, hosts(foreign)));
        } catch (IOException unknown) {
            return new Found(
                    List.of(),
                    List.of(),
                    "there is no interface %s, and %s".formatted(name, unknown.getMessage()));
        }
    }

    private boolean has(AddressFamily family) {
        return machine.has(family);
    }

    private static String hosts(List<TransportAddress> addresses) {
        return String.join(", ", addresses.stream().map(TransportAddress::host).toList());
    }

    private static String text(AddressFamily family) {
        return family.name().toUpperCase(Locale.ROOT).replace("V", "v");
    }
}
