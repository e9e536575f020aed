package org.turnd.cli.coturn;

import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.coturn.Finding.Kind;
import org.turnd.server.config.IpLiteral;
import org.turnd.stun.TransportAddress;

/// Where clients come in: listeners, certificates, proxies, NAT discovery.
final class Listening {
    /// What it comes to for the relays.
    ///
    /// @param hosts the addresses that the file names, without ports
    /// @param datagramPorts the ports that relays can't have, ascending
    record Result(List<TransportAddress> hosts, List<Integer> datagramPorts) {
        Result {
            hosts = List.copyOf(hosts);
            datagramPorts = List.copyOf(datagramPorts);
        }
    }

    private static final int PORT = 3478;
    private static final int TLS_PORT = 5349;
    private static final int OPS_PORT = 9641;

    private final Draft draft;
    private final @Nullable Path directory;
    private final List<TransportAddress> hosts = new ArrayList<>();
    private final List<@Nullable CoturnLine> hostLines = new ArrayList<>();
    private final Set<Integer> datagramPorts = new TreeSet<>();

    /// @param directory where relative paths begin
    Listening(Draft draft, @Nullable Path directory) {
        this.draft = draft;
        this.directory = directory;
    }

    Result translate() {
        readHosts();
        boolean named = !hosts.isEmpty();
        List<TransportAddress> given = List.copyOf(hosts);
        if (!named) {
            hosts.add(TransportAddress.ipv4(0, 0));
            if (hasIpv6()) {
                hosts.add(new TransportAddress(0, 0, 0));
            }
        }
        listeners(named);
        proxies();
        discovery(given);
        metrics();
        return new Result(given, List.copyOf(datagramPorts));
    }

    private void readHosts() {
        for (CoturnLine line : draft.all("listening-ip")) {
            TransportAddress host = IpLiteral.parse(line.value());
            if (host == null) {
                draft.say(Kind.LEFT_OUT, line, "name the address itself in `listeners`");
            } else if (!hosts.contains(host)) {
                hosts.add(host);
                hostLines.add(line);
            }
        }
    }

    private void listeners(boolean named) {
        CoturnLine portLine = draft.last("listening-port");
        CoturnLine tlsPortLine = draft.last("tls-listening-port");
        int port = port(portLine, PORT);
        int tlsPort = port(tlsPortLine, TLS_PORT);
        List<CoturnLine> auxiliary = draft.all("aux-server");
        Set<TransportAddress> plain = at(port);
        boolean isSaid = named || portLine != null || !auxiliary.isEmpty();
        List<@Nullable CoturnLine> from = new ArrayList<>(hostLines);
        from.add(portLine);
        for (CoturnLine line : auxiliary) {
            TransportAddress address = IpLiteral.parseWithPort(line.value());
            if (address == null) {
                draft.say(Kind.LEFT_OUT, line, "name an address and a port in `listeners`");
            } else {
                plain.add(address);
                from.add(line);
            }
        }
        plain("udp", plain, isSaid, from);
        if (!draft.isOn("no-udp")) {
            plain.forEach(address -> datagramPorts.add(address.port()));
        }
        plain("tcp", plain, isSaid, from);
        boolean hasTls = certificate();
        if (hasTls) {
            List<@Nullable CoturnLine> tlsFrom = new ArrayList<>(hostLines);
            tlsFrom.add(tlsPortLine);
            secure(port, tlsPort, named || tlsPortLine != null, tlsFrom);
        } else if (tlsPortLine != null && !draft.isUsed(tlsPortLine)) {
            draft.say(Kind.CHANGED, tlsPortLine, "without a certificate nobody listens there");
        }
    }

    private void plain(
            String protocol,
            Set<TransportAddress> addresses,
            boolean isSaid,
            List<@Nullable CoturnLine> from) {
        CoturnLine off = draft.last("no-" + protocol);
        if (off != null && off.isOn()) {
            draft.set("listeners." + protocol, "[]", off);
        } else if (isSaid) {
            draft.set("listeners." + protocol, Draft.list(addresses), from);
        }
    }

    private void secure(int port, int tlsPort, boolean isSaid, List<@Nullable CoturnLine> from) {
        CoturnLine noTls = draft.last("no-tls");
        CoturnLine noDtls = draft.last("no-dtls");
        boolean tcpIsThere = !draft.isOn("no-tcp") && port == tlsPort;
        if (noTls != null && noTls.isOn()) {
            draft.set("listeners.tls", "[]", noTls);
            draft.say(
                    Kind.CHANGED,
                    noTls,
                    "`listeners.tcp` takes TLS as well, as long as there is a certificate");
        } else if (tcpIsThere) {
            draft.set("listeners.tls", "[]", from);
        } else if (isSaid) {
            draft.set("listeners.tls", Draft.list(at(tlsPort)), from);
        }
        if (noDtls != null && noDtls.isOn()) {
            draft.set("listeners.dtls", "[]", noDtls);
            return;
        }
        datagramPorts.add(tlsPort);
        if (isSaid) {
            draft.set("listeners.dtls", Draft.list(at(tlsPort)), from);
        }
    }

    /// Sets the certificate, and returns whether there is one and it is wanted.
    private boolean certificate() {
        CoturnLine certificate = draft.last("cert");
        CoturnLine key = draft.last("pkey");
        CoturnLine password = draft.last("pkey-pwd");
        boolean isOff = draft.isOn("no-tls") && draft.isOn("no-dtls");
        if (isOff || (certificate == null && key == null)) {
            for (String option : List.of("no-tls", "no-dtls", "cert", "pkey", "pkey-pwd")) {
                CoturnLine line = draft.last(option);
                if (line != null) {
                    draft.say(Kind.NEEDLESS, line, "without a certificate there is no TLS");
                }
            }
            return false;
        }
        boolean isThere = isReadable(certificate) && isReadable(key);
        if (isThere && certificate != null && key != null) {
            draft.set("tls.certificate", Draft.quoted(path(certificate)), certificate);
            draft.set("tls.key", Draft.quoted(path(key)), key);
            if (password != null) {
                draft.set("tls.key-password", Draft.quoted(password.value()), password);
            }
            return true;
        }
        propose("tls.certificate", certificate);
        propose("tls.key", key);
        propose("tls.key-password", password);
        draft.say(
                Kind.LEFT_OUT,
                certificate == null ? key : certificate,
                "certificate and key can't both be read here, so there is no TLS; set"
                        + " `tls.certificate` and `tls.key` when they can");
        for (String option : List.of("no-tls", "no-dtls")) {
            CoturnLine line = draft.last(option);
            if (line != null && line.isOn()) {
                draft.say(Kind.CHANGED, line, "say so in `listeners` when there is TLS");
            }
        }
        return false;
    }

    private void propose(String setting, @Nullable CoturnLine line) {
        if (line != null) {
            boolean isFile = line.option().takes() == CoturnOption.Takes.VALUE;
            draft.propose(setting, Draft.quoted(isFile ? path(line) : line.value()), line);
        }
    }

    private boolean isReadable(@Nullable CoturnLine line) {
        try {
            return line != null && Files.isReadable(Path.of(path(line)));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /// coturn looks for a relative path beside its configuration, turnd beside its own.
    private String path(CoturnLine line) {
        return directory == null ? line.value() : directory.resolve(line.value()).toString();
    }

    private void proxies() {
        CoturnLine line = draft.last("tcp-proxy-port");
        if (line != null) {
            draft.propose("proxy-protocol.tcp", Draft.list(at(port(line, PORT))), line);
            draft.propose("proxy-protocol.trusted", "[\"10.0.0.5\"]", line);
            draft.say(
                    Kind.LEFT_OUT,
                    line,
                    "coturn believes whoever connects there; name your proxies in"
                            + " `proxy-protocol.trusted` and take the comment signs away");
        }
    }

    /// coturn's discovery is on wherever it was given two addresses of a family.
    private void discovery(List<TransportAddress> given) {
        CoturnLine alternative = draft.last("alt-listening-port");
        List<TransportAddress> pairs = new ArrayList<>();
        for (boolean ipv4 : new boolean[] {true, false}) {
            List<TransportAddress> family =
                    given.stream().filter(host -> host.isIpv4() == ipv4).toList();
            if (family.size() == 2) {
                pairs.addAll(family);
            }
        }
        if (pairs.isEmpty() || draft.isOn("no-rfc5780")) {
            for (String option : List.of("alt-listening-port", "rfc5780")) {
                CoturnLine line = draft.last(option);
                if (line != null) {
                    draft.say(
                            Kind.NEEDLESS,
                            line,
                            "without two addresses of a family there is no NAT discovery");
                }
            }
            return;
        }
        int port = port(draft.last("listening-port"), PORT);
        int other =
                alternative == null || alternative.value().equals("0") ? 0 : port(alternative, 0);
        draft.propose(
                "behavior-discovery.addresses",
                Draft.list(pairs.stream().map(TransportAddress::host).toList()),
                draft.last("rfc5780"));
        draft.propose(
                "behavior-discovery.ports",
                "[%d, %d]".formatted(port, other == 0 ? port + 1 : other),
                alternative);
        draft.say(
                Kind.LEFT_OUT,
                alternative,
                "NAT behaviour discovery (RFC 5780), which coturn has with two addresses, lets"
                        + " clients have answers sent elsewhere; take the comment signs away if you"
                        + " need it");
    }

    private void metrics() {
        CoturnLine port = draft.last("prometheus-port");
        CoturnLine address = draft.last("prometheus-address");
        if (port == null && address == null) {
            return;
        }
        TransportAddress loopback = TransportAddress.ipv4(0x7F000001, port(port, OPS_PORT));
        draft.set("http.address", Draft.quoted(loopback.toString()), port, address);
        draft.say(
                Kind.CHANGED,
                port == null ? address : port,
                "metrics have no password: they are on loopback until you say otherwise");
    }

    private int port(@Nullable CoturnLine line, int otherwise) {
        if (line == null) {
            return otherwise;
        }
        try {
            int port = Integer.parseInt(line.value());
            if (port > 0 && port <= 0xFFFF) {
                return port;
            }
        } catch (NumberFormatException noNumber) {
            // Said below, as any other value that is no port.
        }
        draft.say(Kind.LEFT_OUT, line, "this is no port; turnd takes " + otherwise);
        return otherwise;
    }

    private Set<TransportAddress> at(int port) {
        var addresses = new LinkedHashSet<TransportAddress>();
        hosts.forEach(host -> addresses.add(host.withPort(port)));
        return addresses;
    }

    private static boolean hasIpv6() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(Inet6Address.class::isInstance);
        } catch (SocketException e) {
            return false;
        }
    }
}
