package org.turnd.server.net;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ExternalAddresses;
import org.turnd.server.config.RealmSettings;
import org.turnd.server.config.RedirectSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Limits;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Log;
import org.turnd.server.config.ServerSettings.LogFormat;
import org.turnd.server.config.ServerSettings.LogLevel;
import org.turnd.server.config.ServerSettings.Peers;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Relay;
import org.turnd.server.config.ServerSettings.RelayTransports;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.config.Throttles;
import org.turnd.stun.TransportAddress;

/// Settings of a server on loopback; what a test cares for it says.
public final class TestSettings {
    private static final int FIRST_RELAY_PORT = 49_152;
    public static final String REALM = "example.org";
    public static final String USER = "alice";
    public static final String PASSWORD = "correct horse battery staple";

    private final List<Listener> listeners = new ArrayList<>();
    private List<String> trustedProxies = List.of("127.0.0.0/8", "::1");
    private ServerSettings.Stun stun = ServerSettings.Stun.PLAIN;
    private @Nullable Tls tls;
    private DataPlane plane = DataPlane.AUTO;
    private int shards = 2;
    private int allocationsPerUser = 1000;
    private int minPort = FIRST_RELAY_PORT;
    private int maxPort = 65_535;
    private Duration quarantine = Duration.ofSeconds(10);
    private int connections = 1000;
    private int dtlsHandshakes = 1000;
    private Duration handshakeTimeout = Duration.ofSeconds(20);
    private Duration idleTimeout = Duration.ofMinutes(5);
    private int streamQueueBytes = 64 << 10;
    private int allocationsPerAddress;
    private int connectionsPerAddress;
    private int tlsHandshakes = 1000;
    private Throttles.Bandwidth bandwidth = Throttles.Bandwidth.UNBOUNDED;
    private int reflectionFactor;
    private int failedLogins = Integer.MAX_VALUE;
    private String relayIpv4 = "127.0.0.1";
    private String relayIpv6 = "::1";
    private ExternalAddresses external = ExternalAddresses.fixed(null, null);
    private ServerSettings.Mobility mobility = ServerSettings.Mobility.OFF;
    private Auth auth =
            new Auth(List.of(), List.of(User.of(USER, REALM, PASSWORD)), Duration.ofMinutes(10));
    private RedirectSettings redirect = RedirectSettings.NONE;
    private RelayTransports relayTransports = RelayTransports.UDP;
    private final List<RealmSettings> realms = new ArrayList<>();
    private int tcpConnections = 16;
    private List<String> allow = List.of("127.0.0.0/8", "::1/128");

    public TestSettings listen(Protocol protocol, String host, int port) {
        listeners.add(new Listener(protocol, address(host, port)));
        return this;
    }

    /// A listener for proxies on loopback.
    TestSettings listenForProxies(Protocol protocol, String host, int port) {
        listeners.add(new Listener(protocol, address(host, port), true));
        return this;
    }

    TestSettings trustedProxies(String... blocks) {
        trustedProxies = List.of(blocks);
        return this;
    }

    public TestSettings stun(ServerSettings.Stun beyond) {
        stun = beyond;
        return this;
    }

    public TestSettings tls(Tls material) {
        tls = material;
        return this;
    }

    public TestSettings shards(int count) {
        shards = count;
        return this;
    }

    public TestSettings connections(int count) {
        connections = count;
        return this;
    }

    TestSettings dtlsHandshakes(int count) {
        dtlsHandshakes = count;
        return this;
    }

    public TestSettings handshakeTimeout(Duration timeout) {
        handshakeTimeout = timeout;
        return this;
    }

    TestSettings idleTimeout(Duration timeout) {
        idleTimeout = timeout;
        return this;
    }

    TestSettings streamQueueBytes(int bytes) {
        streamQueueBytes = bytes;
        return this;
    }

    /// Lets clients move; their allocations outlive a connection by this.
    public TestSettings mobility(Duration window) {
        mobility = new ServerSettings.Mobility(ServerSettings.Switch.ON, window);
        return this;
    }

    /// Allows TCP relays, beside those of UDP.
    public TestSettings relayTcp(int connectionsPerAllocation) {
        relayTransports = RelayTransports.BOTH;
        tcpConnections = connectionsPerAllocation;
        return this;
    }

    public TestSettings allow(String... blocks) {
        allow = List.of(blocks);
        return this;
    }

    public TestSettings allocationsPerUser(int count) {
        allocationsPerUser = count;
        return this;
    }

    /// Relays get these ports, which don't rest.
    public TestSettings relayPorts(int first, int last) {
        minPort = first;
        maxPort = last;
        quarantine = Duration.ZERO;
        return this;
    }

    public TestSettings allocationsPerAddress(int count) {
        allocationsPerAddress = count;
        return this;
    }

    public TestSettings connectionsPerAddress(int count) {
        connectionsPerAddress = count;
        return this;
    }

    public TestSettings tlsHandshakes(int count) {
        tlsHandshakes = count;
        return this;
    }

    public TestSettings bandwidth(Throttles.Bandwidth bounds) {
        bandwidth = bounds;
        return this;
    }

    public TestSettings reflectionFactor(int factor) {
        reflectionFactor = factor;
        return this;
    }

    public TestSettings failedLoginsPerMinute(int count) {
        failedLogins = count;
        return this;
    }

    TestSettings relays(String ipv4, String ipv6) {
        relayIpv4 = ipv4;
        relayIpv6 = ipv6;
        return this;
    }

    /// What clients are told instead.
    public TestSettings external(ExternalAddresses wanted) {
        external = wanted;
        return this;
    }

    TestSettings redirect(RedirectSettings wanted) {
        redirect = wanted;
        return this;
    }

    public TestSettings auth(UnaryOperator<Auth> change) {
        auth = change.apply(auth);
        return this;
    }

    public TestSettings realm(RealmSettings realm) {
        realms.add(realm);
        return this;
    }

    public TestSettings plane(DataPlane wanted) {
        plane = wanted;
        return this;
    }

    public static TransportAddress address(String host, int port) {
        return TransportAddress.of(InetAddress.ofLiteral(host), port);
    }

    /// Returns a UDP port that nobody uses now, and that is none of the relays' by default.
    public static int freePort() throws SocketException {
        while (true) {
            try (var probe = new DatagramSocket()) {
                if (probe.getLocalPort() < FIRST_RELAY_PORT) {
                    return probe.getLocalPort();
                }
            }
        }
    }

    public ServerSettings build() {
        return new ServerSettings(
                REALM,
                "turnd test",
                listeners,
                trustedProxies,
                stun,
                new Relay(
                        address(relayIpv4, 0),
                        address(relayIpv6, 0),
                        external,
                        minPort,
                        maxPort,
                        quarantine,
                        relayTransports,
                        tcpConnections),
                auth,
                redirect,
                new Peers(allow, List.of()),
                new Limits(
                        1000,
                        allocationsPerUser,
                        100,
                        100,
                        Duration.ofMinutes(10),
                        Duration.ofHours(1),
                        connections,
                        dtlsHandshakes,
                        handshakeTimeout,
                        idleTimeout,
                        streamQueueBytes,
                        4 << 20,
                        256 << 10,
                        ServerSettings.ChannelNumbers.RFC8656,
                        new Throttles(
                                allocationsPerAddress,
                                connectionsPerAddress,
                                tlsHandshakes,
                                bandwidth,
                                reflectionFactor,
                                Integer.MAX_VALUE,
                                failedLogins)),
                tls,
                null,
                new Log(LogFormat.TEXT, LogLevel.INFO, ServerSettings.Switch.OFF),
                shards,
                plane,
                Duration.ofNanos(150_000),
                mobility,
                Duration.ofSeconds(1),
                null,
                realms);
    }

    public TurnServer start() throws Exception {
        return TurnServer.start(build());
    }
}
