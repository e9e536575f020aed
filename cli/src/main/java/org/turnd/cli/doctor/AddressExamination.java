package org.turnd.cli.doctor;

import java.io.IOException;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.AddressScope;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.TransportAddress;

/// Compares the address that peers are told with the addresses of this machine, and with what a
/// STUN server elsewhere sees.
final class AddressExamination implements Examination {
    private static final String AREA = "address";

    @Override
    public List<Finding> of(Patient patient) throws IOException {
        var relay = patient.settings().relay();
        var findings = new ArrayList<Finding>();
        look(patient, relay.ipv4(), relay.externalIpv4(), "ipv4", findings);
        look(patient, relay.ipv6(), relay.externalIpv6(), "ipv6", findings);
        if (patient.stunServer() == null) {
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
            @Nullable TransportAddress external,
            String family,
            List<Finding> findings)
            throws IOException {
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
        var told = external == null ? relay : external;
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
            Patient patient, TransportAddress relay, TransportAddress told, String family)
            throws IOException {
        var server = patient.stunServer();
        if (server == null) {
            throw new IllegalArgumentException("no STUN server");
        }
        var socket = new DatagramSocket(relay.withPort(0).toInetSocketAddress());
        try (var client = TurnClient.over(socket, server, patient.client())) {
            var seen = client.bind();
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
        } catch (TurnFailure e) {
            return Finding.warning(
                    AREA,
                    server.host() + " does not answer " + relay.host() + " over UDP",
                    "name another one; or let UDP out of this machine, which peers need too");
        }
    }
}
