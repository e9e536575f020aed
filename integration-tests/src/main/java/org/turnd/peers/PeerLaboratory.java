package org.turnd.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.turnd.peers.call.Call;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.call.CallReport;
import org.turnd.peers.call.PeerProcess;
import org.turnd.peers.lab.NatLaboratory;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.server.IceServer;
import org.turnd.peers.server.ServerKind;
import org.turnd.peers.server.TurnServerProcess;
import org.turnd.peers.server.TurnServerSettings;
import org.turnd.peers.server.TurnTransport;

/// NATs, a TURN server and a WebRTC peer behind each NAT, ready to call.
///
/// ```java
/// try (var lab = PeerLaboratory.open(NatLaboratorySpec.of(SYMMETRIC, SYMMETRIC))) {
///     CallReport report = lab.call(CallOptions.through(lab.iceServer(TurnTransport.UDP)));
/// }
/// ```
///
/// Use from one thread.
public final class PeerLaboratory implements AutoCloseable {
    /// The server that is started where nothing else is asked for; the property
    /// `turnd.peers.server` names another.
    public static final ServerKind DEFAULT_SERVER =
            ServerKind.valueOf(
                    System.getProperty("turnd.peers.server", "turnd")
                            .toUpperCase(Locale.ROOT)
                            .replace('-', '_'));

    private final NatLaboratory networks;
    private final List<PeerProcess> peers = new ArrayList<>();
    private final TurnServerProcess server;

    private PeerLaboratory(NatLaboratory networks, TurnServerProcess server) {
        this.networks = networks;
        this.server = server;
    }

    /// Builds the networks and starts turnd and the peers.
    ///
    /// @param spec the networks
    /// @return the laboratory, to be closed
    public static PeerLaboratory open(NatLaboratorySpec spec) {
        return open(spec, DEFAULT_SERVER, false);
    }

    /// Builds the networks and starts a server and the peers.
    ///
    /// @param spec the networks
    /// @param kind which server
    /// @param privatePeersAllowed the server is told to relay to private addresses
    /// @return the laboratory, to be closed
    public static PeerLaboratory open(
            NatLaboratorySpec spec, ServerKind kind, boolean privatePeersAllowed) {
        var networks = NatLaboratory.open(spec);
        try {
            var settings =
                    spec.ipv6()
                            ? TurnServerSettings.on(networks.serverIpv4(), networks.serverIpv6())
                            : TurnServerSettings.on(networks.serverIpv4());
            settings = privatePeersAllowed ? settings.allowingPrivatePeers() : settings;
            var laboratory = new PeerLaboratory(networks, kind.on(networks.server(), settings));
            laboratory.startAll();
            return laboratory;
        } catch (RuntimeException e) {
            networks.close();
            throw e;
        }
    }

    /// The peers' Java machines start while the server does.
    private void startAll() {
        try {
            for (var index = 0; index < networks.spec().peers().size(); index++) {
                peers.add(PeerProcess.start(networks.peer(index)));
            }
            server.start();
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// Runs a whole call from the first peer to the second.
    ///
    /// @param options what the call is to be
    /// @return how it went
    public CallReport call(CallOptions options) {
        return Call.run(peer(0), peer(1), options);
    }

    /// Prepares a call from the first peer to the second, to be taken step by step.
    ///
    /// @param options what the call is to be
    /// @return the call, to be closed
    public Call prepare(CallOptions options) {
        return Call.between(peer(0), peer(1), options);
    }

    /// Returns the server over IPv4 with good credentials.
    ///
    /// @param transport how the peers speak to it
    /// @return the entry for a peer's configuration
    public IceServer iceServer(TurnTransport transport) {
        return server.settings().iceServer(networks.serverIpv4(), transport);
    }

    /// Returns the server over IPv6 with good credentials; the networks have to have IPv6.
    ///
    /// @param transport how the peers speak to it
    /// @return the entry for a peer's configuration
    public IceServer ipv6Server(TurnTransport transport) {
        // libwebrtc sends the URL's host as TLS server name, even a literal, which is against
        // RFC 6066 §3 and which servers on Java's own TLS refuse with an alert.
        var host =
                transport == TurnTransport.TLS ? networks.serverIpv6Name() : networks.serverIpv6();
        return server.settings().iceServer(host, transport);
    }

    /// Returns a peer.
    ///
    /// @param index counted from 0, as in the specification
    /// @return its process
    public PeerProcess peer(int index) {
        return peers.get(index);
    }

    /// Returns the server, to be killed and started.
    ///
    /// @return the server
    public TurnServerProcess server() {
        return server;
    }

    /// Returns the networks.
    ///
    /// @return the NAT laboratory
    public NatLaboratory networks() {
        return networks;
    }

    /// Ends the peers and the server and removes the networks.
    @Override
    public void close() {
        try {
            peers.forEach(PeerProcess::close);
            server.close();
        } finally {
            networks.close();
        }
    }
}
