package org.turnd.cli.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.RedirectSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.Throttles;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// A server for a developer's machine that needs no configuration: it listens on every address of
/// the machine at the first free port from 3478, UDP, TCP and TLS, lets peers in private networks
/// and on the machine itself be reached, and keeps its secret and certificate across starts.
///
/// @param settings ready to start
/// @param host the address that pages on this machine and in its network can use
public record DevServer(ServerSettings settings, String host) {
    /// How long credentials made for development last.
    public static final Duration CREDENTIAL_LIFETIME = Duration.ofDays(30);

    static final int PORT = 3478;

    private static final int PORT_LAST = 3577;
    private static final int HTTP_PORT = 9641;
    private static final int HTTP_PORT_LAST = 9740;

    /// RFC 1918, RFC 6598, RFC 4193 and loopback. Link-local stays closed: a cloud's metadata
    /// service answers there.
    private static final List<String> PRIVATE_BLOCKS =
            List.of(
                    "127.0.0.0/8",
                    "10.0.0.0/8",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "100.64.0.0/10",
                    "::1",
                    "fc00::/7");

    private static final ServerSettings.Limits LIMITS =
            new ServerSettings.Limits(
                    1000,
                    100,
                    64,
                    64,
                    Duration.ofMinutes(10),
                    Duration.ofHours(1),
                    1000,
                    100,
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1),
                    256 * 1024,
                    208 * 1024,
                    64 * 1024,
                    ServerSettings.ChannelNumbers.RFC8656,
                    Throttles.NONE);

    /// Looks at this machine and decides.
    ///
    /// @throws IOException when no port is free or the state directory can't be written
    public static DevServer prepare(Map<String, String> environment) throws IOException {
        return prepare(Machine.here(), DevState.of(environment));
    }

    /// Describes the server that was started last, whether or not it still runs.
    public static DevServer last(Map<String, String> environment) throws IOException {
        DevState state = DevState.of(environment);
        return describe(Machine.here(), state, state.port());
    }

    static DevServer prepare(Machine machine, DevState state) throws IOException {
        return describe(machine, state, machine.freePort(PORT, PORT_LAST));
    }

    private static DevServer describe(Machine machine, DevState state, int port)
            throws IOException {
        var listeners = new ArrayList<Listener>();
        for (TransportAddress address : machine.addresses()) {
            listeners.add(new Listener(Protocol.UDP, address.withPort(port)));
            listeners.add(new Listener(Protocol.TCP, address.withPort(port)));
        }
        TransportAddress ipv4 = machine.primary(AddressFamily.IPV4);
        TransportAddress ipv6 = machine.primary(AddressFamily.IPV6);
        TransportAddress host = ipv4 == null ? ipv6 : ipv4;
        if (host == null) {
            throw new IOException("this machine has no address, not even loopback");
        }
        var settings =
                new ServerSettings(
                        "turnd.dev",
                        null,
                        listeners,
                        List.of(),
                        ServerSettings.Stun.PLAIN,
                        new ServerSettings.Relay(
                                ipv4, ipv6, null, null, 49152, 65535, Duration.ofSeconds(10)),
                        new ServerSettings.Auth(
                                List.of(state.secret()), List.of(), Duration.ofHours(1)),
                        RedirectSettings.NONE,
                        new ServerSettings.Peers(reachable(machine.addresses()), List.of()),
                        LIMITS,
                        state.certificate(
                                machine.addresses().stream()
                                        .map(TransportAddress::toInetAddress)
                                        .toList()),
                        http(),
                        new ServerSettings.Log(
                                ServerSettings.LogFormat.TEXT,
                                ServerSettings.LogLevel.INFO,
                                ServerSettings.Switch.OFF),
                        0,
                        ServerSettings.DataPlane.AUTO,
                        Duration.ofNanos(150_000),
                        ServerSettings.Mobility.OFF,
                        Duration.ofSeconds(10),
                        admin(state.adminSocket(port)),
                        List.of());
        return new DevServer(settings, host.host());
    }

    /// The kernel takes no longer paths.
    private static @Nullable AdminSettings admin(Path socket) {
        return AdminSettings.fits(socket) ? AdminSettings.at(socket) : null;
    }

    private static List<String> reachable(List<TransportAddress> own) {
        return Stream.concat(PRIVATE_BLOCKS.stream(), own.stream().map(TransportAddress::host))
                .distinct()
                .toList();
    }

    private static ServerSettings.Http http() throws IOException {
        for (int port = HTTP_PORT; port <= HTTP_PORT_LAST; port++) {
            var address = TransportAddress.ipv4(0x7F00_0001, port);
            if (Machine.isFreeTcp(address)) {
                return new ServerSettings.Http(address);
            }
        }
        throw new IOException(
                "every port from " + HTTP_PORT + " to " + HTTP_PORT_LAST + " is taken");
    }
}
