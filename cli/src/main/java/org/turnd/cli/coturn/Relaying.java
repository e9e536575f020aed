package org.turnd.cli.coturn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.coturn.Finding.Kind;
import org.turnd.server.config.CidrBlock;
import org.turnd.server.config.IpLiteral;
import org.turnd.stun.TransportAddress;

/// What the server relays from, to whom, and where else it sends clients.
final class Relaying {
    private static final int PORT_MIN = 1024;
    private static final int PORT_MAX = 65535;
    private static final int FIRST_RELAY_PORT = 49_152;
    private static final int PORT = 3478;
    private static final int TLS_PORT = 5349;

    private final Draft draft;
    private final Listening.Result listening;

    /// @param listening where clients come in
    Relaying(Draft draft, Listening.Result listening) {
        this.draft = draft;
        this.listening = listening;
    }

    void translate() {
        addresses();
        ports();
        if (draft.isOn("no-udp-relay")) {
            draft.set("relay.transports", "tcp", draft.last("no-udp-relay"));
        } else if (!draft.isOn("no-tcp-relay")) {
            draft.say(
                    Kind.CHANGED,
                    null,
                    "TCP relays (RFC 6062), which coturn offers unless no-tcp-relay is set, are"
                            + " off; no browser needs them: relay.transports = both");
        }
        peers();
        alternatives();
    }

    private void addresses() {
        Map<Boolean, TransportAddress> relays = new HashMap<>();
        Map<Boolean, CoturnLine> lines = new HashMap<>();
        for (CoturnLine line : draft.all("relay-ip")) {
            TransportAddress host = IpLiteral.parse(line.value());
            if (host == null) {
                draft.say(Kind.LEFT_OUT, line, "name the address in `relay`");
            } else if (relays.putIfAbsent(host.isIpv4(), host) != null) {
                draft.say(Kind.LEFT_OUT, line, "turnd relays from one address of each family");
            } else {
                lines.put(host.isIpv4(), line);
            }
        }
        if (relays.isEmpty()) {
            // coturn relays from where it listens.
            listening.hosts().stream()
                    .filter(host -> !host.toInetAddress().isAnyLocalAddress())
                    .forEach(host -> relays.putIfAbsent(host.isIpv4(), host));
        }
        boolean isNamed = !relays.isEmpty();
        externals(relays, lines);
        if (isNamed || !relays.isEmpty()) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                TransportAddress relay = relays.get(ipv4);
                String key = ipv4 ? "relay.ipv4" : "relay.ipv6";
                if (relay != null) {
                    draft.set(key, Draft.quoted(relay.host()), lines.get(ipv4));
                } else if (isNamed && draft.value(external(ipv4)) == null) {
                    draft.set(key, "none");
                }
            }
        }
    }

    /// Each is `public`, or `public/private` where there are several.
    private void externals(
            Map<Boolean, TransportAddress> relays, Map<Boolean, CoturnLine> relayLines) {
        for (CoturnLine line : draft.all("external-ip")) {
            String[] pair = line.value().split("/", 2);
            TransportAddress external = IpLiteral.parse(pair[0].strip());
            TransportAddress internal = pair.length < 2 ? null : IpLiteral.parse(pair[1].strip());
            if (external == null || (pair.length == 2 && internal == null)) {
                draft.say(
                        Kind.LEFT_OUT,
                        line,
                        "write the address itself to `relay.external-ipv4` or"
                                + " `relay.external-ipv6`");
                continue;
            }
            boolean ipv4 = external.isIpv4();
            TransportAddress relay = relays.get(ipv4);
            boolean fits = internal == null || relay == null || relay.equals(internal);
            if (!fits || draft.value(external(ipv4)) != null) {
                draft.say(Kind.LEFT_OUT, line, "turnd relays from one address of each family");
                continue;
            }
            if (internal != null && relay == null) {
                relays.put(ipv4, internal);
                relayLines.put(ipv4, line);
            }
            if (!external.equals(internal) && !external.equals(relay)) {
                draft.set(external(ipv4), Draft.quoted(external.host()), line);
            } else {
                draft.say(Kind.NEEDLESS, line, "it is the relays' own address");
            }
        }
    }

    private static String external(boolean ipv4) {
        return ipv4 ? "relay.external-ipv4" : "relay.external-ipv6";
    }

    private void ports() {
        CoturnLine first = draft.last("min-port");
        CoturnLine last = draft.last("max-port");
        if (first == null && last == null && !isListener(FIRST_RELAY_PORT, PORT_MAX)) {
            return;
        }
        int min = Math.max(PORT_MIN, port(first, FIRST_RELAY_PORT));
        int max = port(last, PORT_MAX);
        if (min > max) {
            draft.say(Kind.LEFT_OUT, Objects.requireNonNullElse(first, last), "above max-port");
            return;
        }
        for (int taken : listening.datagramPorts()) {
            if (taken >= min && taken <= max) {
                boolean isLow = taken - min < max - taken;
                min = isLow ? taken + 1 : min;
                max = isLow ? max : taken - 1;
                draft.say(
                        Kind.CHANGED,
                        first == null ? last : first,
                        "relays may not have the listeners' port %d: they have %d to %d"
                                .formatted(taken, min, max));
            }
        }
        if (first != null && port(first, min) != min && first.value().length() <= 3) {
            draft.say(Kind.CHANGED, first, "relays have no port below " + PORT_MIN);
        }
        if (min != FIRST_RELAY_PORT || first != null) {
            draft.set("relay.min-port", "" + min, first);
        }
        if (max != PORT_MAX || last != null) {
            draft.set("relay.max-port", "" + max, last);
        }
    }

    private int port(@Nullable CoturnLine line, int otherwise) {
        if (line == null) {
            return otherwise;
        }
        if (!line.value().matches("\\d{1,5}") || Integer.parseInt(line.value()) > PORT_MAX) {
            draft.say(Kind.LEFT_OUT, line, "this is no port; turnd takes " + otherwise);
            return otherwise;
        }
        return Integer.parseInt(line.value());
    }

    private boolean isListener(int min, int max) {
        return listening.datagramPorts().stream().anyMatch(port -> port >= min && port <= max);
    }

    private void peers() {
        List<CidrBlock> denied = new ArrayList<>();
        List<CoturnLine> from = new ArrayList<>();
        for (CoturnLine line : draft.all("denied-peer-ip")) {
            AddressSpan span = AddressSpan.parse(line.value());
            if (span == null) {
                draft.say(Kind.UNSAFE, line, "this is no range: write it to `peers.deny`");
            } else if (span.isDeniedByDefault()) {
                draft.say(Kind.NEEDLESS, line, "denied by default");
            } else {
                denied.addAll(span.blocks());
                from.add(line);
            }
        }
        if (!denied.isEmpty()) {
            draft.set("peers.deny", Draft.list(denied), List.copyOf(from));
        }
        allowed();
    }

    private void allowed() {
        List<CidrBlock> allowed = new ArrayList<>();
        List<CoturnLine> from = new ArrayList<>();
        for (CoturnLine line : draft.all("allowed-peer-ip")) {
            AddressSpan span = AddressSpan.parse(line.value());
            if (span == null) {
                draft.say(Kind.LEFT_OUT, line, "this is no range: write it to `peers.allow`");
            } else if (span.touchesLoopback()) {
                draft.say(
                        Kind.UNSAFE,
                        line,
                        "it has loopback addresses, which coturn denies all the same and turnd"
                                + " wouldn't; write the others to `peers.allow`");
            } else {
                allowed.addAll(span.blocks());
                from.add(line);
            }
        }
        if (!allowed.isEmpty()) {
            draft.set("peers.allow", Draft.list(allowed), List.copyOf(from));
        }
        CoturnLine loopback = draft.last("allow-loopback-peers");
        if (loopback != null && loopback.isOn()) {
            if (allowed.isEmpty()) {
                draft.propose("peers.allow", "[\"127.0.0.0/8\", \"::1\"]", loopback);
            }
            draft.say(
                    Kind.UNSAFE,
                    loopback,
                    "users would reach every service that listens on this machine's loopback;"
                            + " peers.allow = [\"127.0.0.0/8\", \"::1\"] if you mean it");
        }
        draft.say(
                Kind.CHANGED,
                null,
                "peers in private networks, which coturn reaches unless they are denied, are denied"
                        + " unless `peers.allow` names them");
    }

    private void alternatives() {
        List<String> targets = new ArrayList<>();
        List<CoturnLine> from = new ArrayList<>();
        target("alternate-server", PORT, List.of("udp:", "tcp:"), targets, from);
        target("tls-alternate-server", TLS_PORT, List.of("tls:", "dtls:"), targets, from);
        if (!targets.isEmpty()) {
            draft.set("redirect.to", Draft.list(targets), List.copyOf(from));
            draft.set("redirect.when", "[always]");
        }
    }

    private void target(
            String option,
            int port,
            List<String> transports,
            List<String> targets,
            List<CoturnLine> from) {
        for (CoturnLine line : draft.all(option)) {
            TransportAddress address = IpLiteral.parseWithPort(line.value());
            if (address == null) {
                TransportAddress host = IpLiteral.parse(line.value().replaceAll("[\\[\\]]", ""));
                address = host == null ? null : host.withPort(port);
            }
            if (address == null) {
                draft.say(Kind.LEFT_OUT, line, "write an address and a port to `redirect.to`");
                continue;
            }
            for (String transport : transports) {
                targets.add(transport + address);
            }
            from.add(line);
        }
    }
}
