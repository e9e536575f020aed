package org.turnd.server.net;

import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.TransportAddress;

/// A process in a network namespace of its own, whose interfaces are slow and short-sighted. It
/// prints what the native plane made of them; [NarrowPathsTest] starts it.
final class NarrowPaths {
    private static final TransportAddress NEAR = RoutedNetwork.NEAR;
    private static final TransportAddress SMALL = RoutedNetwork.SMALL;

    private NarrowPaths() {}

    /// Prints one line for each path.
    public static void main(String... arguments) throws Exception {
        try (var network = new RoutedNetwork()) {
            tooSmallForSegments();
            withoutRoute();
            tooSmallBehindARouter();
            full(network, "tbf rate 8kbit burst 1600 limit 1000000", 4 << 10);
            full(network, "tbf rate 8kbit burst 1600 limit 2000", 1 << 20);
        }
    }

    private static void tooSmallForSegments() throws Exception {
        try (var plane = new NativePlane(UdpOptions.DEFAULTS)) {
            sendFrom(plane, SMALL, TestSettings.address("10.5.0.2", 9), 20, 1000);
            print("small link", plane);
        }
    }

    private static void withoutRoute() throws Exception {
        try (var plane = new NativePlane(UdpOptions.DEFAULTS)) {
            int relay = sendFrom(plane, NEAR, TestSettings.address("192.0.2.1", 9), 5, 100);
            send(plane, relay, TestSettings.address("10.9.0.2", 9), 1, 100);
            print("no route", plane);
        }
    }

    private static void tooSmallBehindARouter() throws Exception {
        try (var plane = new NativePlane(UdpOptions.DEFAULTS)) {
            int relay = plane.open(NEAR, Role.RELAY);
            plane.onLoop(() -> {
                plane.sendWhole(relay, TestSettings.address("10.6.0.9", 7), new byte[1000]);
                return 0;
            });
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
    private static void full(RoutedNetwork network, String queue, int bufferBytes)
            throws Exception {
        network.run("tc qdisc add dev near root " + queue);
        var options = UdpOptions.of(64 << 10, bufferBytes).unsegmented();
        try (var plane = new NativePlane(options)) {
            sendFrom(plane, NEAR, TestSettings.address("10.9.0.2", 9), 100, 500);
            long sent = plane.count(Counter.SENT_DATAGRAMS);
            long dropped = plane.count(Counter.DROPPED_BUFFER_FULL);
            System.out.printf(
                    "full: some sent %b, some dropped %b, %d in all%n",
                    sent > 0, dropped > 0, sent + dropped);
        }
        network.run("tc qdisc del dev near root");
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
