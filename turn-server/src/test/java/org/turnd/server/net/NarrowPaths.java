package org.turnd.server.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.TransportAddress;

/// A process in a network namespace of its own, whose interfaces are slow and short-sighted. It
/// prints what the native plane made of them; [NarrowPathsTest] starts it.
///
/// `near` (MTU 1500) and `small` (MTU 600) lead to a router, behind which another link has an MTU
/// of 600.
final class NarrowPaths implements AutoCloseable {
    private static final TransportAddress NEAR = TestSettings.address("10.9.0.1", 0);
    private static final TransportAddress SMALL = TestSettings.address("10.5.0.1", 0);

    private final Process router;

    private NarrowPaths() throws Exception {
        router =
                new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 100")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        router.getInputStream().read();
        String inRouter = "nsenter -t " + router.pid() + " -n ";
        run("ip link set lo up");
        run("ip link add near type veth peer name near-far");
        run("ip link add small mtu 600 type veth peer name small-far");
        for (String each : List.of("near", "small")) {
            run("ip link set %s-far netns %d".formatted(each, router.pid()));
        }
        run("ip addr add 10.9.0.1/24 dev near");
        run("ip addr add 10.5.0.1/24 dev small");
        run(inRouter + "ip addr add 10.9.0.2/24 dev near-far");
        run(inRouter + "ip addr add 10.5.0.2/24 dev small-far");
        run(inRouter + "ip link add behind mtu 600 type veth peer name behind-far");
        run(inRouter + "ip addr add 10.6.0.1/24 dev behind");
        for (String each : List.of("near-far", "small-far", "behind", "behind-far")) {
            run(inRouter + "ip link set " + each + " up");
        }
        run("ip link set near up");
        run("ip link set small up");
        run("ip route add 10.6.0.0/24 via 10.9.0.2");
        run(inRouter + "sysctl -qw net.ipv4.ip_forward=1");
    }

    private static void run(String command) throws Exception {
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

    /// Prints one line for each path.
    public static void main(String... arguments) throws Exception {
        try (var paths = new NarrowPaths()) {
            paths.tooSmallForSegments();
            paths.withoutRoute();
            paths.tooSmallBehindARouter();
            paths.full("tbf rate 8kbit burst 1600 limit 1000000", 4 << 10);
            paths.full("tbf rate 8kbit burst 1600 limit 2000", 1 << 20);
        }
    }

    private void tooSmallForSegments() throws Exception {
        try (var plane = new NativePlane(UdpOptions.DEFAULTS)) {
            sendFrom(plane, SMALL, TestSettings.address("10.5.0.2", 9), 20, 1000);
            print("small link", plane);
        }
    }

    private void withoutRoute() throws Exception {
        try (var plane = new NativePlane(UdpOptions.DEFAULTS)) {
            int relay = sendFrom(plane, NEAR, TestSettings.address("192.0.2.1", 9), 5, 100);
            send(plane, relay, TestSettings.address("10.9.0.2", 9), 1, 100);
            print("no route", plane);
        }
    }

    private void tooSmallBehindARouter() throws Exception {
        try (var plane = new NativePlane(UdpOptions.DEFAULTS)) {
            sendFrom(plane, NEAR, TestSettings.address("10.6.0.9", 7), 1, 1000);
            NativePlane.IcmpError error = plane.nextError();
            System.out.printf(
                    "small link behind: %s, type %d, code %d, mtu %d, counted %d%n",
                    error.peer(),
                    error.type(),
                    error.code(),
                    error.mtu(),
                    plane.count(Counter.ICMP_TOO_BIG));
        }
    }

    /// Says only whether some were sent and the others counted: how many depends on the clock.
    private void full(String queue, int bufferBytes) throws Exception {
        run("tc qdisc add dev near root " + queue);
        var options = UdpOptions.of(64 << 10, bufferBytes).unsegmented();
        try (var plane = new NativePlane(options)) {
            sendFrom(plane, NEAR, TestSettings.address("10.9.0.2", 9), 100, 500);
            long sent = plane.count(Counter.SENT_DATAGRAMS);
            long dropped = plane.count(Counter.DROPPED_BUFFER_FULL);
            System.out.printf(
                    "full: some sent %b, some dropped %b, %d in all%n",
                    sent > 0, dropped > 0, sent + dropped);
        }
        run("tc qdisc del dev near root");
    }

    private static int sendFrom(
            NativePlane plane, TransportAddress from, TransportAddress to, int times, int length)
            throws Exception {
        int relay = plane.open(from, Role.RELAY);
        send(plane, relay, to, times, length);
        return relay;
    }

    private static void send(
            NativePlane plane, int relay, TransportAddress to, int times, int length)
            throws Exception {
        plane.onLoop(() -> {
            for (int i = 0; i < times; i++) {
                plane.stage(relay, to, new byte[length], 0, 0);
            }
            plane.io().flush();
            return 0;
        });
    }

    private static void print(String path, NativePlane plane) {
        System.out.printf(
                "%s: %d sent, %d unreachable, %d too long, %d without room%n",
                path,
                plane.count(Counter.SENT_DATAGRAMS),
                plane.count(Counter.DROPPED_UNREACHABLE),
                plane.count(Counter.DROPPED_TOO_LONG),
                plane.count(Counter.DROPPED_BUFFER_FULL));
    }
}
