package org.turnd.cli.doctor;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.stun.TransportAddress;

/// Asks each listener for a Binding response, from this machine; where none comes, finds out
/// whether another program has the port, or whether nobody may have it.
final class ListenerExamination implements Examination {
    private static final String AREA = "listener";
    private static final String FIRST_FREE = "net.ipv4.ip_unprivileged_port_start";
    private static final int USUAL_FIRST_FREE = 1024;

    @Override
    public List<Finding> of(Patient patient) throws IOException {
        var findings = new ArrayList<Finding>();
        for (var listener : patient.settings().listeners()) {
            findings.add(
                    listener.proxied()
                            ? Finding.ok(
                                    AREA,
                                    name(listener) + " is for proxies alone, and was not asked")
                            : ask(listener, patient));
        }
        return findings;
    }

    private static Finding ask(Listener listener, Patient patient) throws IOException {
        var carrier = Carrier.valueOf(listener.protocol().name());
        var address = reachable(listener.address());
        var endpoint = Endpoint.of(carrier, address.toInetAddress(), address.port());
        var options = patient.client();
        try (var client =
                TurnClient.connect(
                        endpoint, options.trusting(options.trust().overlookingProblems()))) {
            var mapped = client.bind();
            return Finding.ok(
                    AREA, name(listener) + " answers, and sees this machine at " + mapped);
        } catch (TurnFailure e) {
            return unanswered(listener, patient);
        }
    }

    private static Finding unanswered(Listener listener, Patient patient) throws IOException {
        var address = listener.address();
        var first = patient.kernel().number(FIRST_FREE).orElse(USUAL_FIRST_FREE);
        if (address.port() < first && !patient.kernel().bindsReservedPorts()) {
            return Finding.failure(
                    AREA,
                    name(listener) + " does not answer, and ports below " + first + " are reserved",
                    "AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit, as in conf/turnd.service;"
                            + " run the doctor as root to learn more");
        }
        try {
            bindAndClose(listener);
        } catch (BindException e) {
            return Finding.failure(
                    AREA,
                    name(listener) + " does not answer, and can't be opened: " + e.getMessage(),
                    "see who has it: ss -lntup 'sport = :" + address.port() + "'");
        }
        return Finding.failure(
                AREA,
                name(listener)
                        + " is free: the server doesn't run, or runs with another"
                        + " configuration",
                "systemctl status turnd, journalctl -u turnd; or turnd run -c FILE");
    }

    private static void bindAndClose(Listener listener) throws IOException {
        var address = listener.address().toInetSocketAddress();
        if (listener.protocol().isDatagram()) {
            try (var socket = new DatagramSocket(null)) {
                socket.bind(address);
            } catch (java.net.SocketException e) {
                throw asBindException(e);
            }
        } else {
            try (var socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(address.getAddress(), address.getPort()));
            }
        }
    }

    private static BindException asBindException(IOException e) {
        if (e instanceof BindException already) {
            return already;
        }
        var wrapped = new BindException(e.getMessage());
        wrapped.initCause(e);
        return wrapped;
    }

    /// A wildcard is asked at loopback.
    private static TransportAddress reachable(TransportAddress address) {
        if (!address.toInetAddress().isAnyLocalAddress()) {
            return address;
        }
        var loopback = address.isIpv4() ? "127.0.0.1" : "::1";
        return TransportAddress.of(java.net.InetAddress.ofLiteral(loopback), address.port());
    }

    private static String name(Listener listener) {
        return listener.protocol().name().toLowerCase(Locale.ROOT) + " " + listener.address();
    }
}
