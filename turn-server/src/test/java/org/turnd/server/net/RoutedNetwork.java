package org.turnd.server.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.turnd.stun.TransportAddress;

/// Links around a process in a network namespace of its own: `near` (MTU 1500) and `small` (MTU
/// 600) lead to a router. Behind it 10.6.0.0/24 is on a link with an MTU of 600, fd00:6::/64 on one
/// with 1300, and to 10.7.0.0/24 and fd00:7::/64 it knows no way.
final class RoutedNetwork implements AutoCloseable {
    static final TransportAddress NEAR = TestSettings.address("10.9.0.1", 0);
    static final TransportAddress NEAR6 = TestSettings.address("fd00:9::1", 0);
    static final TransportAddress SMALL = TestSettings.address("10.5.0.1", 0);

    /// The router itself.
    static final TransportAddress ROUTER = TestSettings.address("10.9.0.2", 0);

    static final TransportAddress ROUTER6 = TestSettings.address("fd00:9::2", 0);

    private final Process router;

    RoutedNetwork() throws Exception {
        router =
                new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 100")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        router.getInputStream().read();
        run("ip link set lo up");
        run("ip link add near type veth peer name near-far");
        run("ip link add small mtu 600 type veth peer name small-far");
        for (String each : List.of("near", "small")) {
            run("ip link set %s-far netns %d".formatted(each, router.pid()));
        }
        run("ip addr add 10.9.0.1/24 dev near");
        run("ip addr add fd00:9::1/64 dev near nodad");
        run("ip addr add 10.5.0.1/24 dev small");
        inRouter("ip addr add 10.9.0.2/24 dev near-far");
        inRouter("ip addr add fd00:9::2/64 dev near-far nodad");
        inRouter("ip addr add 10.5.0.2/24 dev small-far");
        inRouter("ip link add behind mtu 600 type veth peer name behind-far");
        inRouter("ip addr add 10.6.0.1/24 dev behind");
        inRouter("ip link add behind6 mtu 1300 type veth peer name behind6-far");
        inRouter("ip addr add fd00:6::1/64 dev behind6 nodad");
        for (String each :
                List.of(
                        "near-far",
                        "small-far",
                        "behind",
                        "behind-far",
                        "behind6",
                        "behind6-far")) {
            inRouter("ip link set " + each + " up");
        }
        run("ip link set near up");
        run("ip link set small up");
        run("ip route add 10.6.0.0/15 via 10.9.0.2");
        run("ip route add fd00:6::/31 via fd00:9::2");
        inRouter("ip route add unreachable 10.7.0.0/24");
        inRouter("ip route add unreachable fd00:7::/64");
        inRouter("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
    }

    void inRouter(String command) throws Exception {
        run("nsenter -t " + router.pid() + " -n " + command);
    }

    void run(String command) throws Exception {
        Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(command + ": " + out);
        }
    }

    @Override
    public void close() {
        router.destroyForcibly();
    }
}
