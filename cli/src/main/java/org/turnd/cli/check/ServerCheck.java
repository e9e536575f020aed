package org.turnd.cli.check;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.turnd.stun.IceServerUri;
import org.turnd.stun.TransportAddress;

/// Asks a server what a browser would ask, and judges the answers.
///
/// Blocks; for one thread. What it allocates it gives back.
public final class ServerCheck {
    /// A name with more addresses than this is checked at the first ones only.
    private static final int ADDRESSES_MAX = 8;

    private final ClientOptions options;
    private final InstantSource clock;

    /// Makes a check.
    ///
    /// @param options how patient, whom to trust, and the credentials to show
    /// @param clock tells which credentials and certificates are too old
    public ServerCheck(ClientOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
    }

    /// Checks a URL at every address of its host.
    ///
    /// @return a report for each address, or a single one where there is none
    public List<CheckReport> check(IceServerUri uri) {
        var subject = new Subject(uri, carrierOf(uri), options.credential(), clock.instant());
        try {
            var reports = new ArrayList<CheckReport>();
            for (var address : addressesOf(uri.host())) {
                var endpoint =
                        new Endpoint(
                                subject.carrier(),
                                uri.host(),
                                TransportAddress.of(address, uri.port()));
                reports.add(new EndpointCheck(subject, endpoint, options).run());
            }
            return reports;
        } catch (UnknownHostException e) {
            return List.of(
                    CheckReport.withoutServer(
                            uri,
                            Diagnosis.failed(
                                    "address", new Failure.UnknownHost(uri.host()), subject)));
        }
    }

    private static List<InetAddress> addressesOf(String host) throws UnknownHostException {
        var addresses = new LinkedHashSet<>(List.of(InetAddress.getAllByName(host)));
        return addresses.stream().limit(ADDRESSES_MAX).toList();
    }

    private static Carrier carrierOf(IceServerUri uri) {
        var isUdp = uri.transport() == IceServerUri.Transport.UDP;
        if (uri.scheme().isSecure()) {
            return isUdp ? Carrier.DTLS : Carrier.TLS;
        }
        return isUdp ? Carrier.UDP : Carrier.TCP;
    }
}
