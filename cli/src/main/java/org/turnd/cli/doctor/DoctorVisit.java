package org.turnd.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Retransmission;
import org.turnd.cli.check.TlsTrust;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.net.LocalAddresses;
import org.turnd.stun.IceServerUri;

/// One look at one server: what the doctor is told beforehand, and the examination.
public final class DoctorVisit {
    /// How long a listener, or a STUN server elsewhere, may take to answer.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ServerSettings settings;
    private final List<String> warnings;
    private @Nullable String host;
    private @Nullable Endpoint stunServer;
    private TlsTrust trust = TlsTrust.ofDefaultAuthorities();

    /// @param warnings what reading the configuration said besides
    public DoctorVisit(ServerSettings settings, List<String> warnings) {
        this.settings = settings;
        this.warnings = List.copyOf(warnings);
    }

    /// Names the server as clients do.
    public void clientsUse(String name) {
        host = name;
    }

    /// Names a STUN server in another network.
    ///
    /// @throws IllegalArgumentException when it can't be one
    public void ask(String server) {
        switch (IceServerUri.parse("stun:" + server)) {
            case IceServerUri.Problem(var text) ->
                    throw new IllegalArgumentException("--stun: " + text);
            case IceServerUri.Valid(var uri) -> {
                try {
                    stunServer =
                            Endpoint.of(Carrier.UDP, InetAddress.getByName(uri.host()), uri.port());
                } catch (UnknownHostException e) {
                    throw new IllegalArgumentException(
                            "--stun: the name " + uri.host() + " has no address", e);
                }
            }
        }
    }

    /// Trusts these authorities alone.
    ///
    /// @throws IllegalArgumentException when the file can't be read or holds none
    public void trust(Path authorities) {
        try {
            trust = TlsTrust.ofAuthorities(authorities);
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException(
                    "--ca: cannot read certificates from " + authorities + ": " + e.getMessage(),
                    e);
        }
    }

    /// Looks at everything. Takes some seconds for each listener that doesn't answer.
    public DoctorReport examine() throws IOException {
        var patience = Retransmission.RFC_8489.limitedTo(PATIENCE);
        return new DoctorReport(
                Doctor.examine(
                        new Patient(
                                settings,
                                warnings,
                                host,
                                stunServer,
                                new ClientOptions(null, patience, trust),
                                LocalAddresses.all(),
                                KernelFacts.REAL)));
    }
}
