package org.turnd.server.config;

import java.util.List;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.TransportAddress;

/// The keys of listeners for others than the clients of today: proxies, clients of RFC 3489, and
/// clients that explore their NAT.
final class EntranceSchema {
    private static final int PORT_MAX = 65535;

    static final Setting<ListenAddress> PROXIED_UDP =
            Setting.list(
                    "proxy-protocol.udp",
                    ListenAddress.type(),
                    null,
                    "Where proxies pass UDP clients on, as `listeners.udp`: every datagram must begin"
                            + " with a header of the PROXY protocol, version 2, which names the"
                            + " client. Answers go back to the proxy without one. Clients can't"
                            + " connect there themselves. One shard serves all of such an address.");
    static final Setting<ListenAddress> PROXIED_TCP =
            Setting.list(
                    "proxy-protocol.tcp",
                    ListenAddress.type(),
                    null,
                    "Where proxies pass TCP clients on, as `listeners.tcp`: every connection must"
                            + " begin with a header of the PROXY protocol, version 1 or 2.");
    static final Setting<ListenAddress> PROXIED_TLS =
            Setting.list(
                    "proxy-protocol.tls",
                    ListenAddress.type(),
                    null,
                    "As `proxy-protocol.tcp`, with TLS and nothing else behind the header.");
    static final Setting<CidrBlock> TRUSTED_PROXIES =
            Setting.list(
                    "proxy-protocol.trusted",
                    ValueTypes.addressBlock(),
                    null,
                    "The proxies that may connect there and are believed. Whoever is among them can"
                            + " pretend to be any client.");

    static final Setting<Switch> CLASSIC_STUN =
            Setting.of(
                    "classic-stun",
                    ValueTypes.choice(Switch.class),
                    "off",
                    "Whether Binding requests of RFC 3489, without the magic cookie, are answered over"
                            + " UDP, as old SIP phones need it. Leave it off where other protocols"
                            + " share the port: such a request is hard to tell from them. TURN without"
                            + " the cookie doesn't exist.");

    static final Setting<TransportAddress> DISCOVERY_ADDRESSES =
            Setting.list(
                    "behavior-discovery.addresses",
                    ValueTypes.ipAddress(),
                    null,
                    "Two addresses of this machine, of one family, or two of each, at which clients"
                            + " can find out how their NAT behaves (RFC 5780, over UDP). Without them"
                            + " that is off. A client can have answers sent from the other address"
                            + " or to another port of its own.");
    static final Setting<Integer> DISCOVERY_PORTS =
            Setting.list(
                    "behavior-discovery.ports",
                    ValueTypes.integer(1, PORT_MAX),
                    "3478, 3479",
                    "The two ports at each of these addresses. The server listens there as well.");
    static final Setting<TransportAddress> DISCOVERY_EXTERNAL =
            Setting.list(
                    "behavior-discovery.external-addresses",
                    ValueTypes.ipAddress(),
                    null,
                    "What clients see instead of `behavior-discovery.addresses`, one for each and in"
                            + " the same order, behind a 1:1 NAT that leaves the ports alone.");
    static final Setting<Integer> DISCOVERY_RATE =
            Setting.of(
                    "behavior-discovery.requests-per-second",
                    ValueTypes.integer(1, 1000),
                    "10",
                    "How many requests a second of one source address (IPv6: of one /64) get an answer"
                            + " that comes from elsewhere, goes elsewhere or is padded; for each"
                            + " shard, and at first four seconds' worth at once.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    PROXIED_UDP,
                    PROXIED_TCP,
                    PROXIED_TLS,
                    TRUSTED_PROXIES,
                    CLASSIC_STUN,
                    DISCOVERY_ADDRESSES,
                    DISCOVERY_PORTS,
                    DISCOVERY_EXTERNAL,
                    DISCOVERY_RATE);

    private EntranceSchema() {}
}
