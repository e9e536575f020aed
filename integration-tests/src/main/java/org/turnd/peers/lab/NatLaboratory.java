package org.turnd.peers.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// An internet on this machine: a server's host and peers, each behind a NAT of its own, all in
/// network namespaces.
///
/// ```
///  server 11.0.0.10 --+
///                     |
///  peer a 10.0.1.2 -- nat-a 11.0.1.2 --+-- internet (a router, no route to private addresses)
///                     |
///  peer b 10.0.2.2 -- nat-b 11.0.2.2 --+
/// ```
///
/// A peer with [NatKind#NONE] has the public address itself. With IPv6 the server is `2a11::10`,
/// the NATs' public sides are `2a11:0:0:N::2` and the peers `fd00:0:0:N::2`. The public addresses
/// belong to no range that a TURN server refuses by default; they never leave the namespaces.
/// Nothing on the machine's own network is touched.
///
/// Closing kills every process in the namespaces and removes them; so does the end of this Java
/// process, also by Ctrl-C. What a killed run left behind is removed by the next one. Needs root,
/// and Debian's `iproute2` and `nftables`. Use from one thread; the namespaces may be used by any.
public final class NatLaboratory implements AutoCloseable {
    private static final String PREFIX = "turnd-";
    private static final Pattern OWNER = Pattern.compile("turnd-(\\d+)-\\d+-.*");

    /// Without this every address waits a second or two for somebody who might have it already.
    private static final String TRUST_IPV6_ADDRESSES =
            "for conf in all default; do echo 0 > /proc/sys/net/ipv6/conf/$conf/accept_dad; done";

    private static final String DISABLE_IPV6 =
            "for conf in all default; do echo 1 > /proc/sys/net/ipv6/conf/$conf/disable_ipv6; done";

    private static final AtomicInteger OPENED = new AtomicInteger();

    private final NatLaboratorySpec spec;
    private final String prefix =
            PREFIX + ProcessHandle.current().pid() + "-" + OPENED.incrementAndGet() + "-";
    private final List<Namespace> namespaces = Collections.synchronizedList(new ArrayList<>());
    private final Cleanup cleanup = new Cleanup(this::destroyNamespaces);
    private final List<Namespace> peers = new ArrayList<>();
    private final Namespace internet = new Namespace(prefix + "internet");
    private final Namespace server = new Namespace(prefix + "server");

    private NatLaboratory(NatLaboratorySpec spec) {
        this.spec = spec;
    }

    /// Builds the networks; takes well under a second.
    ///
    /// @param spec what to build
    /// @return the laboratory, to be closed
    /// @throws LaboratoryException if not root, or a command of the host fails; nothing is left
    ///   behind then
    public static NatLaboratory open(NatLaboratorySpec spec) {
        var obstacle = obstacle();
        if (!obstacle.isEmpty()) {
            throw new LaboratoryException(obstacle);
        }
        removeLeftovers();
        var laboratory = new NatLaboratory(spec);
        try {
            laboratory.build();
            return laboratory;
        } catch (RuntimeException e) {
            laboratory.close();
            throw e;
        }
    }

    /// Says why no laboratory can be built here.
    ///
    /// @return what is missing and how to get it; empty if nothing is
    public static String obstacle() {
        if (!isRoot()) {
            return "The NAT laboratory builds network namespaces and needs root: run it with sudo.";
        }
        var missing = new ArrayList<String>();
        if (!isInstalled("ip")) {
            missing.add("iproute2");
        }
        if (!isInstalled("nft")) {
            missing.add("nftables");
        }
        return missing.isEmpty()
                ? ""
                : "The NAT laboratory needs missing packages: apt-get install "
                        + String.join(" ", missing);
    }

    /// Returns the host for the TURN server.
    ///
    /// @return its namespace
    public Namespace server() {
        return server;
    }

    /// Returns the server's public IPv4 address.
    ///
    /// @return a literal
    public String serverIpv4() {
        return "11.0.0.10";
    }

    /// Returns the server's public IPv6 address, present only where the specification asks for
    /// IPv6.
    ///
    /// @return a literal without brackets
    public String serverIpv6() {
        return "2a11::10";
    }

    /// Returns a name which every host of the laboratory knows for [#serverIpv4].
    ///
    /// @return the name
    public String serverName() {
        return "server.turnd.test";
    }

    /// Returns a name which every host of the laboratory knows for [#serverIpv6].
    ///
    /// @return the name
    public String serverIpv6Name() {
        return "server6.turnd.test";
    }

    /// Returns a peer's host.
    ///
    /// @param index counted from 0, as in the specification
    /// @return its namespace
    public Namespace peer(int index) {
        return peers.get(index);
    }

    /// Returns the public IPv4 address a peer is seen with.
    ///
    /// @param index counted from 0, as in the specification
    /// @return a literal
    public String publicIpv4(int index) {
        return "11.0." + (index + 1) + ".2";
    }

    /// Returns what was built.
    ///
    /// @return the specification
    public NatLaboratorySpec spec() {
        return spec;
    }

    /// Kills every process in the namespaces and removes them. Closing twice is harmless.
    @Override
    public void close() {
        cleanup.close();
    }

    private void build() {
        create(internet);
        create(server);
        forwardPackets(internet);
        connectServer();
        for (var index = 0; index < spec.peers().size(); index++) {
            connectPeer(index, spec.peers().get(index).nat());
        }
        internet.loadRules(firewall());
        if (spec.ipv6()) {
            namespaces.forEach(Namespace::awaitLinks);
        }
    }

    private void connectServer() {
        internet.configure(
                "link add server type veth peer name wan netns %s\n".formatted(server.name())
                        + "addr add 11.0.0.1/24 dev server\n"
                        + (spec.ipv6() ? "addr add 2a11::1/64 dev server nodad\n" : "")
                        + "link set server up\n");
        var reachable4 = spec.serverDefaultRoute() ? "default" : "11.0.0.0/8";
        var reachable6 = spec.serverDefaultRoute() ? "default" : "2a11::/16";
        server.configure(
                "addr add 11.0.0.10/24 dev wan\n"
                        + (spec.ipv6() ? "addr add 2a11::10/64 dev wan nodad\n" : "")
                        + "link set wan up\n"
                        + "route add %s via 11.0.0.1\n".formatted(reachable4)
                        + (spec.ipv6() ? "route add %s via 2a11::1\n".formatted(reachable6) : ""));
    }

    private void connectPeer(int index, NatKind nat) {
        var letter = (char) ('a' + index);
        var peer = new Namespace(prefix + letter);
        create(peer);
        peers.add(peer);
        if (nat == NatKind.NONE) {
            connectToInternet(peer, index);
            return;
        }
        var gateway = new Namespace(prefix + "nat-" + letter);
        create(gateway);
        forwardPackets(gateway);
        connectToInternet(gateway, index);
        var net = index + 1;
        gateway.configure(
                "link add lan type veth peer name eth0 netns %s\n".formatted(peer.name())
                        + "addr add 10.0.%d.1/24 dev lan\n".formatted(net)
                        + (spec.ipv6()
                                ? "addr add fd00:0:0:%d::1/64 dev lan nodad\n".formatted(net)
                                : "")
                        + "link set lan up\n");
        peer.configure(
                "addr add 10.0.%d.2/24 dev eth0\n".formatted(net)
                        + (spec.ipv6()
                                ? "addr add fd00:0:0:%d::2/64 dev eth0 nodad\n".formatted(net)
                                : "")
                        + "link set eth0 up\n"
                        + "route add default via 10.0.%d.1\n".formatted(net)
                        + (spec.ipv6()
                                ? "route add default via fd00:0:0:%d::1\n".formatted(net)
                                : ""));
        gateway.loadRules(
                NatRules.of(nat, "10.0.%d.2".formatted(net), "fd00:0:0:%d::2".formatted(net)));
    }

    private void connectToInternet(Namespace host, int index) {
        var net = index + 1;
        internet.configure(
                "link add peer%d type veth peer name wan netns %s\n".formatted(net, host.name())
                        + "addr add 11.0.%d.1/24 dev peer%d\n".formatted(net, net)
                        + (spec.ipv6()
                                ? "addr add 2a11:0:0:%d::1/64 dev peer%d nodad\n"
                                        .formatted(net, net)
                                : "")
                        + "link set peer%d up\n".formatted(net));
        host.configure(
                "addr add 11.0.%d.2/24 dev wan\n".formatted(net)
                        + (spec.ipv6()
                                ? "addr add 2a11:0:0:%d::2/64 dev wan nodad\n".formatted(net)
                                : "")
                        + "link set wan up\n"
                        + "route add default via 11.0.%d.1\n".formatted(net)
                        + (spec.ipv6()
                                ? "route add default via 2a11:0:0:%d::1\n".formatted(net)
                                : ""));
    }

    private String firewall() {
        var rules =
                new StringBuilder("table inet firewall {\n chain forwarding {\n")
                        .append("  type filter hook forward priority filter; policy accept;\n");
        for (var index = 0; index < spec.peers().size(); index++) {
            if (spec.peers().get(index).udpBlocked()) {
                rules.append("  iifname \"peer%d\" meta l4proto udp drop\n".formatted(index + 1));
                rules.append("  oifname \"peer%d\" meta l4proto udp drop\n".formatted(index + 1));
            }
        }
        return rules.append(" }\n}\n").toString();
    }

    private void create(Namespace namespace) {
        namespaces.add(namespace);
        namespace.create();
        namespace.run("sh", "-c", spec.ipv6() ? TRUST_IPV6_ADDRESSES : DISABLE_IPV6);
        namespace.configure("link set lo up\n");
        namespace.knowHosts(
                "127.0.0.1 localhost\n%s %s\n%s %s\n"
                        .formatted(serverIpv4(), serverName(), serverIpv6(), serverIpv6Name()));
    }

    private static void forwardPackets(Namespace namespace) {
        namespace.run(
                "sh",
                "-c",
                "echo 1 > /proc/sys/net/ipv4/ip_forward && echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
    }

    private void destroyNamespaces() {
        synchronized (namespaces) {
            namespaces.reversed().forEach(Namespace::destroy);
            var left = namespaces.stream().filter(Namespace::exists).map(Namespace::name).toList();
            if (!left.isEmpty()) {
                throw new LaboratoryException("these namespaces cannot be removed: " + left);
            }
        }
    }

    private static void removeLeftovers() {
        HostCommand.run(List.of("ip", "netns", "list"))
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .filter(NatLaboratory::ownerIsGone)
                .forEach(name -> new Namespace(name).destroy());
    }

    private static boolean ownerIsGone(String name) {
        var owner = OWNER.matcher(name);
        return owner.matches() && ProcessHandle.of(Long.parseLong(owner.group(1))).isEmpty();
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            throw new LaboratoryException("the NAT laboratory needs Linux with /proc", e);
        }
    }

    private static boolean isInstalled(String program) {
        return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
