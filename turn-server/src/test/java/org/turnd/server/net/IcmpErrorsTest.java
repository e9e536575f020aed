package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.net.DatagramSocket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.net.NativePlane.IcmpError;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

@Timeout(60)
class IcmpErrorsTest {
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

    private static TransportAddress closedPort(TransportAddress host) throws SocketException {
        try (var gone = new DatagramSocket(host.toInetSocketAddress())) {
            return host.withPort(gone.getLocalPort());
        }
    }

    private void send(int from, TransportAddress to, int times) throws Exception {
        plane.onLoop(() -> {
            for (int i = 0; i < times; i++) {
                // Lengths that grow, so that no run becomes one segmented message.
                plane.stage(from, to, new byte[i + 1], 0, 0);
            }
            plane.io().flush();
            return 0;
        });
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,3,3", "::1,1,4"})
    void tellsARelayWhoseDatagramFoundNobody(String host, int type, int code) throws Exception {
        TransportAddress address = TestSettings.address(host, 0);
        int relay = plane.open(address, Role.RELAY);
        TransportAddress nobody = closedPort(address);
        send(relay, nobody, 1);
        assertEquals(new IcmpError(relay, nobody, type, code, 0), plane.nextError());
        assertEquals(1, plane.count(Counter.ICMP_UNREACHABLE));
        assertEquals(0, plane.count(Counter.RECEIVE_ERRORS));
        assertNoErrorIsLeft(relay);
    }

    /// An error that stayed would wake the loop again and again.
    private void assertNoErrorIsLeft(int socket) throws Exception {
        int left =
                plane.onLoop(() -> {
                    var errors = new IcmpErrors(new Libc());
                    try {
                        return errors.receive(plane.io().descriptor(socket), true);
                    } finally {
                        errors.free();
                    }
                });
        assertEquals(-1, left);
    }

    @Test
    void readsMoreErrorsThanOneWakeUpTakes() throws Exception {
        int relay = plane.open(NativePlane.LOOPBACK, Role.RELAY);
        TransportAddress nobody = closedPort(NativePlane.LOOPBACK);
        int many = 3 * IcmpErrors.PER_WAKE_UP + 1;
        send(relay, nobody, many);
        for (int i = 0; i < many; i++) {
            assertEquals(nobody, plane.nextError().peer());
        }
        assertEquals(many, plane.count(Counter.SENT_DATAGRAMS));
        assertNoErrorIsLeft(relay);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "::1"})
    void losesNothingThatGoesToOthers(String host) throws Exception {
        TransportAddress address = TestSettings.address(host, 0);
        int relay = plane.open(address, Role.RELAY);
        int peer = plane.open(address, Role.RELAY);
        TransportAddress nobody = closedPort(address);
        TransportAddress somebody = plane.local(peer, address);
        plane.onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                plane.stage(relay, nobody, new byte[] {(byte) i}, 0, 0);
                if (i % 2 == 0) {
                    // The error is there before the next call sends anything.
                    plane.io().flush();
                }
                plane.stage(relay, somebody, new byte[] {(byte) i}, 0, 0);
            }
            plane.io().flush();
            // The socket that was told of an error is heard all the same.
            plane.stage(peer, at(relay, address), new byte[] {42}, 0, 0);
            plane.io().flush();
            return 0;
        });
        boolean heard = false;
        for (int i = 0; i < 100; ) {
            var arrival = plane.next();
            if (arrival.socket() == relay) {
                assertEquals(Octets.of(new byte[] {42}), arrival.bytes());
                heard = true;
            } else {
                assertEquals(Octets.of(new byte[] {(byte) i++}), arrival.bytes());
            }
        }
        assertTrue(heard || plane.next().socket() == relay);
        assertEquals(201, plane.count(Counter.SENT_DATAGRAMS));
        assertEquals(0, plane.count(Counter.DROPPED_UNREACHABLE));
    }

    private TransportAddress at(int socket, TransportAddress host) {
        return host.withPort(plane.io().localPort(socket));
    }

    @Test
    void mayCloseTheSocketThatIsTold() throws Exception {
        TransportAddress nobody = closedPort(NativePlane.LOOPBACK);
        var told = new AtomicInteger();
        UdpIo.Receiver closing =
                new UdpIo.Receiver() {
                    @Override
                    public void onDatagram(
                            int socket,
                            long high,
                            long low,
                            int port,
                            ByteBuf buffer,
                            int offset,
                            int length) {}

                    @Override
                    public void onIcmpError(
                            int socket,
                            long high,
                            long low,
                            int port,
                            int type,
                            int code,
                            int mtu) {
                        told.incrementAndGet();
                        plane.io().close(socket);
                    }
                };
        TransportAddress host = NativePlane.LOOPBACK;
        int relay =
                plane.onLoop(
                        () -> plane.io().open(host.high(), host.low(), 0, Role.RELAY, closing));
        send(relay, nobody, 5);
        Eventually.equal(1, told::get);
        assertEquals(relay, plane.open(host, Role.RELAY));
        assertEquals(1, told.get());
    }

    @Test
    void doesNotTroubleListeners() throws Exception {
        int listener = plane.open(NativePlane.LOOPBACK, Role.LISTENER);
        int relay = plane.open(NativePlane.LOOPBACK, Role.RELAY);
        TransportAddress nobody = closedPort(NativePlane.LOOPBACK);
        send(listener, nobody, 10);
        send(relay, nobody, 1);
        assertEquals(relay, plane.nextError().socket());
        assertEquals(1, plane.count(Counter.ICMP_UNREACHABLE));
    }
}
