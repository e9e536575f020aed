package org.turnd.server.config;

import java.util.Optional;

/// The keys that bound what one user, client address or allocation may have, `limits.*`. [Schema]
/// lists them among all others.
final class LimitsSchema {
    static final Setting<Optional<Integer>> ALLOCATIONS_PER_ADDRESS =
            Setting.of(
                            "limits.allocations-per-address",
                            ValueTypes.orWord(ValueTypes.NONE, ValueTypes.integer(1, 1_000_000)),
                            ValueTypes.NONE,
                            "Allocations at most at a time of one client address: an IPv4 address or an IPv6"
                                    + " /64. Clients beyond that get 486. Whole companies and mobile networks"
                                    + " share one.")
                    .live();
    static final Setting<Optional<Integer>> CONNECTIONS_PER_ADDRESS =
            Setting.of(
                    "limits.connections-per-address",
                    ValueTypes.orWord(ValueTypes.NONE, ValueTypes.integer(1, 1_000_000)),
                    "2000",
                    "TCP and TLS connections at most at a time of one client address, an IPv4 address"
                            + " or an IPv6 /64, and as many DTLS sessions. Further ones are closed at"
                            + " once, or refused with an alert. The default is a tenth of `limits.connections`. Raise it behind a load balancer that doesn't"
                            + " speak the PROXY protocol: all clients have its address.");
    static final Setting<Optional<Integer>> BANDWIDTH =
            Setting.of(
                            "limits.bandwidth",
                            bandwidth(),
                            ValueTypes.NONE,
                            "Bytes a second at most, each way, that the server relays, headers included; the"
                                    + " shards share them. What your network carries, or what you pay for, is"
                                    + " a good value. Packets beyond that are dropped and counted; connections"
                                    + " of TCP relays are read more slowly.")
                    .live();
    static final Setting<Optional<Integer>> BANDWIDTH_PER_USER =
            Setting.of(
                            "limits.bandwidth-per-user",
                            bandwidth(),
                            ValueTypes.NONE,
                            "Bytes a second at most, each way, that all allocations of one user name relay"
                                    + " together, headers included. Packets beyond that are dropped and counted;"
                                    + " connections of TCP relays are read more slowly. Requests are"
                                    + " answered all the same. Set it when every user has a name of its own.")
                    .live();
    static final Setting<Optional<Integer>> BANDWIDTH_PER_ALLOCATION =
            Setting.of(
                            "limits.bandwidth-per-allocation",
                            bandwidth(),
                            "64MiB",
                            "As `limits.bandwidth-per-user`, of one allocation. The default is half a gigabit"
                                    + " a second: no call needs that much, and two packets that chase each"
                                    + " other in a loop don't get more.")
                    .live();
    static final Setting<Integer> STRANGER_ANSWERS =
            Setting.of(
                            "limits.stranger-answers-per-second",
                            ValueTypes.integer(1, 1_000_000),
                            "1000",
                            "Error answers at most, over UDP and by one shard, to requests without valid"
                                    + " credentials from one IPv4 address or IPv6 /64: forged requests send"
                                    + " them to others.")
                    .live();
    static final Setting<Optional<Integer>> REFLECTION_FACTOR =
            Setting.of(
                            "limits.reflection-factor",
                            ValueTypes.orWord(ValueTypes.NONE, ValueTypes.integer(1, 100)),
                            "3",
                            "How many times the bytes that came over UDP from one IPv4 /24 or IPv6 /56 the"
                                    + " server sends back there at most before anybody has authenticated;"
                                    + " beyond that it is silent, so that forged requests turn it into no"
                                    + " amplifier. QUIC's factor is the default. 64 KiB for each shard, and as"
                                    + " much again every minute, come on top: a Binding request of 20 bytes"
                                    + " gets 32 or 44, and the first Allocate of a client, with 28 bytes or"
                                    + " more, some 110; the signed one that follows makes up for it.")
                    .live();
    static final Setting<Integer> FAILED_LOGINS =
            Setting.of(
                            "limits.failed-logins-per-minute",
                            ValueTypes.integer(1, 1_000_000),
                            "30",
                            "Wrong passwords at most that one shard checks for one user name from one IPv4"
                                    + " address or IPv6 /64. The user gets in from elsewhere, and keeps its"
                                    + " allocations.")
                    .live();
    static final Setting<Integer> TLS_HANDSHAKES =
            Setting.of(
                    "limits.tls-handshakes",
                    ValueTypes.integer(1, 1_000_000),
                    "2000",
                    "Unfinished TLS handshakes at most at a time. Connections beyond that are closed"
                            + " at once. The default is what comes in a second when all clients of a"
                            + " busy server connect anew.");

    private LimitsSchema() {}

    private static ValueType<Optional<Integer>> bandwidth() {
        return ValueTypes.orWord(ValueTypes.NONE, ValueTypes.size(1 << 10, 1 << 30));
    }

    /// Reads them.
    static Throttles read(SettingsReader reader) {
        return new Throttles(
                reader.value(ALLOCATIONS_PER_ADDRESS).orElse(0),
                reader.value(CONNECTIONS_PER_ADDRESS).orElse(0),
                reader.value(TLS_HANDSHAKES),
                new Throttles.Bandwidth(
                        reader.value(BANDWIDTH_PER_ALLOCATION).orElse(0),
                        reader.value(BANDWIDTH_PER_USER).orElse(0),
                        reader.value(BANDWIDTH).orElse(0)),
                reader.value(REFLECTION_FACTOR).orElse(0),
                reader.value(STRANGER_ANSWERS),
                reader.value(FAILED_LOGINS));
    }
}
