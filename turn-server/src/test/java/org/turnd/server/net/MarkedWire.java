package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.turnd.server.net.NativePlane.Arrival;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.TransportAddress;

/// A socket of a [NativePlane] that knows with which DSCP, ECN and hop limit datagrams come and go.
final class MarkedWire implements Wire {
    private final NativePlane plane;
    private final int socket;
    private final TransportAddress local;
    private final TransportAddress server;

    /// DSCP and ECN of what is sent.
    int sends;

    /// TTL or hop limit of what is sent; 0 for the system's own.
    int hopLimit;

    /// DSCP and ECN of what was received last.
    int received;

    MarkedWire(NativePlane plane, TransportAddress server) throws Exception {
        TransportAddress host = server.isIpv4() ? NativePlane.LOOPBACK : NativePlane.LOOPBACK6;
        this.plane = plane;
        this.server = server;
        socket = plane.open(host, Role.LISTENER);
        local = plane.local(socket, host);
    }

    @Override
    public void send(byte[] message) throws IOException {
        send(message, server);
    }

    void send(byte[] message, TransportAddress to) throws IOException {
        try {
            plane.onLoop(() -> {
                plane.stage(socket, to, message, sends, hopLimit);
                plane.io().flush();
                return 0;
            });
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public byte[] receive() throws IOException {
        try {
            Arrival arrival = plane.next();
            assertEquals(socket, arrival.socket());
            received = arrival.trafficClass();
            return arrival.bytes().toByteArray();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public TransportAddress local() {
        return local;
    }

    @Override
    public void close() {}
}
