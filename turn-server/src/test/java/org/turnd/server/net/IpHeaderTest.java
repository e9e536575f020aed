package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.StandardSocketOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.net.NativePlane.Arrival;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// DSCP, ECN and hop limits, as the native plane reads and writes them.
@Timeout(60)
class IpHeaderTest {
    private static final int DEFAULT_HOP_LIMIT = 64;

    @SuppressWarnings("NullAway.Init") // made before each test
    private NativePlane plane;

    @BeforeEach
    void start() throws Exception {
        plane = new NativePlane(UdpOptions.DEFAULTS);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private record Header(int trafficClass, int hopLimit) {}

    @Test
    void carriesTrafficClassesAndHopLimits() throws Exception {
        var headers =
                List.of(
                        new Header(0, 0),
                        new Header(0x02, 0),
                        new Header(0xB8 | 0x03, 1),
                        new Header(0, 255),
                        new Header(0xFF, 64));
        for (TransportAddress host : List.of(NativePlane.LOOPBACK, NativePlane.LOOPBACK6)) {
            int from = plane.open(host, Role.LISTENER);
            int to = plane.open(host, Role.RELAY);
            TransportAddress address = plane.local(to, host);
            plane.onLoop(() -> {
                for (Header each : headers) {
                    plane.stage(from, address, new byte[20], each.trafficClass, each.hopLimit);
                }
                plane.io().flush();
                return 0;
            });
            for (Header each : headers) {
                Arrival arrival = plane.next();
                int hopLimit = each.hopLimit == 0 ? DEFAULT_HOP_LIMIT : each.hopLimit;
                assertEquals(
                        new Header(each.trafficClass, hopLimit),
                        new Header(arrival.trafficClass(), arrival.hopLimit()));
            }
        }
    }

    @Test
    void keepsHeadersApartInRunsOfEqualSize() throws Exception {
        for (TransportAddress host : List.of(NativePlane.LOOPBACK, NativePlane.LOOPBACK6)) {
            int from = plane.open(host, Role.RELAY);
            int to = plane.open(host, Role.LISTENER);
            TransportAddress address = plane.local(to, host);
            plane.onLoop(() -> {
                for (int i = 0; i < 60; i++) {
                    plane.stage(from, address, new byte[] {(byte) i}, i / 10, i / 20 + 30);
                }
                plane.io().flush();
                return 0;
            });
            for (int i = 0; i < 60; i++) {
                TransportAddress source = plane.local(from, host);
                assertEquals(
                        new Arrival(
                                to, source, Octets.of(new byte[] {(byte) i}), i / 10, i / 20 + 30),
                        plane.next());
            }
        }
    }

    @Test
    void readsWhatOthersSet() throws Exception {
        for (TransportAddress host : List.of(NativePlane.LOOPBACK, NativePlane.LOOPBACK6)) {
            int to = plane.open(host, Role.LISTENER);
            TransportAddress address = plane.local(to, host);
            try (var other = new DatagramSocket(host.toInetSocketAddress())) {
                other.setOption(StandardSocketOptions.IP_TOS, 0xB8);
                other.send(new DatagramPacket(new byte[1], 1, address.toInetSocketAddress()));
            }
            assertEquals(0xB8, plane.next().trafficClass());
        }
    }

    @Test
    void saysNothingOutsideOfADelivery() throws Exception {
        assertEquals(0, plane.onLoop(() -> plane.io().receivedTrafficClass()));
        assertEquals(0, plane.onLoop(() -> plane.io().receivedHopLimit()));
    }

    @Test
    void saysNothingOfWhatItWasNotAskedFor() throws Exception {
        try (var deaf = new NativePlane(UdpOptions.DEFAULTS.withoutHeaders())) {
            int from = deaf.open(NativePlane.LOOPBACK, Role.LISTENER);
            TransportAddress address = deaf.local(from, NativePlane.LOOPBACK);
            deaf.onLoop(() -> {
                deaf.stage(from, address, new byte[1], 0xB8, 9);
                deaf.io().flush();
                return 0;
            });
            Arrival arrival = deaf.next();
            assertEquals(0, arrival.trafficClass());
            assertEquals(0, arrival.hopLimit());
        }
    }
}
