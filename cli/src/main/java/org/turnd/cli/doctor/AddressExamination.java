package org.turnd.cli.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.AddressScope;
import org.turnd.server.config.ExternalAddress;
import org.turnd.server.config.HostNames;
import org.turnd.server.net.ExternalLookup;
import org.turnd.server.net.StunQuery;
import org.turnd.stun.TransportAddress;

/// Compares the address that peers are told with the addresses of this machine, and with what a
/// STUN server elsewhere sees.
final class AddressExamination implements Examination {
    private static final String AREA = "address";

    @Override
    public List<Finding> of(Patient patient) throws IOException {
        var relay = patient.settings().relay();
        var findings = new ArrayList<Finding>();
        var external = relay.external();
        look(patient, relay.ipv4(), external.ipv4(), "ipv4", findings);
        look(patient, relay.ipv6(), external.ipv6(), "ipv6", findings);
        boolean asksOneItself =
                external.ipv4() instanceof ExternalAddress.Seen
                        || external.ipv6() instanceof ExternalAddress.Seen;
        if (patient.stunServer() == null && !asksOneItself) {
            findings.add(
                    Finding.warning(
                            AREA,
                            "nobody outside was asked which address this machine has there",
                            "turnd doctor --stun HOST, with a STUN server in another network"));
        }
        return findings;
    }

    private static void look(
            Patient patient,
            @Nullable TransportAddress relay,
            @Nullable ExternalAddress external,
            String family,
            List<Finding> findings) {
        if (relay == null) {
            return;
        }
        if (!patient.local().contains(relay.withPort(0))) {
            findings.add(
                    Finding.failure(
                            AREA,
                            "relay."
                                    + family
                                    + " = "
                                    + relay.host()
                                    + " is no address of this"
                                    + " machine: every allocation fails",
                            "ip -brief address shows which there are; behind a 1:1 NAT name the"
                                    + " public one with relay.external-"
                                    + family));
            return;
        }
        TransportAddress told;
        try {
            // As the server does it when it starts.
            told =
                    external == null
                            ? relay
                            : new ExternalLookup(HostNames.SYSTEM).find(external, relay, null);
        } catch (IOException e) {
            findings.add(
                    Finding.failure(
                            AREA,
                            "relay.external-%s = %s: %s"
                                    .formatted(family, external.text(), e.getMessage()),
                            "the server doesn't start without it: name another one, or the address"
                                    + " itself; a STUN server needs UDP out of this machine"));
            return;
        }
        var scope = AddressScope.of(told);
        if (scope == AddressScope.PUBLIC) {
            findings.add(Finding.ok(AREA, "peers are told " + told.host()));
        } else {
            findings.add(
                    Finding.warning(
                            AREA,
                            "peers are told " + told.host() + ", which reaches " + scope.reach(),
                            "relay.external-"
                                    + family
                                    + " = the public address, when peers are"
                                    + " elsewhere"));
        }
        var server = patient.stunServer();
        if (server != null && server.address().family() == relay.family()) {
            findings.add(seenFromOutside(patient, relay, told, family));
        }
    }

    private static Finding seenFromOutside(
            Patient patient, TransportAddress relay, TransportAddress told, String family) {
        var server = patient.stunServer();
        if (server == null) {
            throw new IllegalArgumentException("no STUN server");
        }
        try {
            var patience = patient.client().retransmission().longest();
            var seen = StunQuery.ask(relay, server.address(), patience);
            if (seen.withPort(0).equals(told.withPort(0))) {
                return Finding.ok(AREA, server.host() + " sees " + seen.host() + " as well");
            }
            return Finding.failure(
                    AREA,
                    "peers are told "
                            + told.host()
                            + ", and "
                            + server.host()
                            + " sees "
                            + seen.host()
                            + ": data for the relays goes elsewhere",
                    "relay.external-" + family + " = " + seen.host());
        } catch (IOException e) {
            return Finding.warning(
                    AREA,
                    server.host()
                            + " does not answer "
                            + relay.host()
                            + " over UDP: "
                            + e.getMessage(),
                    "name another one; or let UDP out of this machine, which peers need too");
        }
    }
}
