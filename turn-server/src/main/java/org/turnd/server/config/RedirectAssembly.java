package org.turnd.server.config;

import java.util.List;
import java.util.Optional;
import org.turnd.server.config.RedirectSettings.Occasion;
import org.turnd.server.config.RedirectSettings.Target;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.TransportAddress;

/// Puts together where clients are sent, and finds what would send them round in circles.
final class RedirectAssembly {
    private static final List<Occasion> USUAL = List.of(Occasion.DRAINING, Occasion.FULL);
    private static final List<TransportAddress> WELL_KNOWN =
            List.of(
                    TransportAddress.ipv4(0xC000_000A, 0),
                    new TransportAddress(0x2001_0001L << 32, 2, 0));

    private final SettingsReader reader;
    private final LocalMachine machine;
    private final List<String> warnings;

    RedirectAssembly(SettingsReader reader, LocalMachine machine, List<String> warnings) {
        this.reader = reader;
        this.machine = machine;
        this.warnings = warnings;
    }

    RedirectSettings assemble(List<Listener> listeners) {
        RedirectSettings redirect =
                new RedirectSettings(
                        reader.list(RedirectSchema.TO),
                        orDefault(RedirectSchema.WHEN, USUAL, "[draining, full]"),
                        reader.value(RedirectSchema.DOMAIN).orElse(null),
                        reader.value(RedirectSchema.BEFORE_AUTHENTICATION),
                        orDefault(
                                RedirectSchema.ANYCAST_ADDRESSES,
                                WELL_KNOWN,
                                "[\"192.0.0.10\", \"2001:1::2\"]"),
                        reader.list(RedirectSchema.ANYCAST_TO));
        checkUse(redirect);
        for (Target target : redirect.to()) {
            checkLoop(target, listeners);
        }
        checkAnycast(redirect, listeners);
        warn(redirect);
        return redirect;
    }

    private <T> List<T> orDefault(Setting<T> setting, List<T> byDefault, String shown) {
        if (reader.isGiven(setting)) {
            return reader.list(setting);
        }
        reader.setEffective(setting, shown);
        return byDefault;
    }

    private void checkUse(RedirectSettings redirect) {
        if (!redirect.to().isEmpty() || !reader.isGood(RedirectSchema.TO)) {
            return;
        }
        checkUse(RedirectSchema.WHEN, redirect.when().contains(Occasion.ALWAYS));
        checkUse(RedirectSchema.DOMAIN, redirect.domain() != null);
        checkUse(
                RedirectSchema.BEFORE_AUTHENTICATION, redirect.beforeAuthentication() == Switch.ON);
    }

    private void checkUse(Setting<?> setting, boolean isMeant) {
        if (isMeant) {
            reader.addProblem(
                    setting,
                    "there is no redirect.to",
                    "it together with redirect.to",
                    "set redirect.to, or remove this key");
        }
    }

    //
    private void checkLoop(Target target, List<Listener> listeners) {
        for (Listener listener : listeners) {
            boolean sameProtocol =
                    target.protocol() == null || target.protocol() == listener.protocol();
            if (sameProtocol && isServedBy(target.address(), listener.address())) {
                reader.addProblem(
                        RedirectSchema.TO,
                        target.address() + " is this server itself",
                        "servers that don't send the client back",
                        "name another server");
                return;
            }
        }
    }

    private boolean isServedBy(TransportAddress target, TransportAddress listener) {
        boolean isWildcard = listener.toInetAddress().isAnyLocalAddress();
        return target.port() == listener.port()
                && target.isIpv4() == listener.isIpv4()
                && (isWildcard
                        ? machine.owns(target.withPort(0)) || isExternal(target)
                        : target.equals(listener));
    }

    private boolean isExternal(TransportAddress target) {
        var external = reader.value(target.isIpv4() ? ExternalSchema.IPV4 : ExternalSchema.IPV6);
        return external.equals(Optional.of(new ExternalAddress.Fixed(target.withPort(0))));
    }

    private void checkAnycast(RedirectSettings redirect, List<Listener> listeners) {
        for (Target target : redirect.anycastTo()) {
            if (redirect.isAnycast(target.address())) {
                reader.addProblem(
                        RedirectSchema.ANYCAST_TO,
                        target.address() + " is an anycast address itself",
                        "a unicast address of this server",
                        "name the address that only this server has");
            }
        }
        for (Listener listener : listeners) {
            if (!redirect.anycastAddresses().contains(listener.address().withPort(0))) {
                continue;
            }
            // C-15
            if (listener.protocol() != Protocol.UDP) {
                reader.addProblem(
                        listener.protocol() == Protocol.TCP ? Schema.TCP : Schema.TLS,
                        listener.address() + " is an anycast address",
                        "anycast addresses for UDP only",
                        "remove it here");
            } else if (redirect.anycastTo().isEmpty()) {
                reader.addProblem(
                        Schema.UDP,
                        listener.address() + " is an anycast address",
                        "redirect.anycast-to for clients that come there",
                        "set redirect.anycast-to to this server's own address");
            }
        }
    }

    private void warn(RedirectSettings redirect) {
        if (!redirect.to().isEmpty() && redirect.when().contains(Occasion.ALWAYS)) {
            warnings.add(
                    "redirect.when has always: this server relays for nobody whom it can send to"
                            + " redirect.to");
        }
        if (redirect.beforeAuthentication() == Switch.ON) {
            warnings.add(
                    "redirect.before-authentication = on: anybody learns the addresses in"
                            + " redirect.to, and RFC 8489 §14.8 forbids it");
        }
    }
}
