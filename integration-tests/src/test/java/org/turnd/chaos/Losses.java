package org.turnd.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// A network that fails under a server: one relay's trouble with one peer is nobody else's, and
/// when the network is back, so is everything.
final class Losses {
    private static final int PACKETS = 200;
    private static final int FLOOD_PACKETS = 5_000;
    private static final int FLOOD_BYTES = 1_000;
    private static final int ATTEMPTS = 100;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration WITHOUT_ADDRESS = Duration.ofSeconds(1);
    private static final String DROPPED = "turnd_udp_dropped_datagrams_total";
    private static final List<String> ROUTES = List.of("unreachable", "prohibit", "blackhole");

    private Losses() {}

    /// No way to some peers.
    static String routes(Arena arena, int times) throws IOException, TurnFailure {
        String lost = "198.18.3.1";
        try (TurnClient client = arena.client(Carrier.UDP);
                DatagramChannel peer = Arena.peer()) {
            client.allocate(null);
            TransportAddress reached = addressOf(peer);
            TransportAddress unreached = Arena.address(lost, 7000);
            client.createPermission(reached, unreached);
            for (String kind : ROUTES) {
                Arena.ip("route", "add", kind, lost + "/32");
                try {
                    for (int i = 0; i < PACKETS; i++) {
                        client.send(unreached, payload(100));
                    }
                    expectRelayed(client, peer, reached);
                } finally {
                    Arena.ip("route", "del", kind, lost + "/32");
                }
            }
        }
        return String.join(", ", ROUTES);
    }

    /// The host's own firewall refuses what a relay sends.
    static String firewall(Arena arena, int times) throws IOException, TurnFailure {
        try (TurnClient client = arena.client(Carrier.UDP);
                DatagramChannel peer = Arena.peer();
                DatagramChannel other = Arena.peer()) {
            client.allocate(null);
            TransportAddress refused = addressOf(peer);
            client.createPermission(refused);
            Arena.run("nft", "add table inet chaos");
            try {
                Arena.run(
                        "nft", "add chain inet chaos out { type filter hook output priority 0; }");
                Arena.run(
                        "nft",
                        "add rule inet chaos out udp dport %d drop".formatted(refused.port()));
                for (int i = 0; i < PACKETS; i++) {
                    client.send(refused, payload(100));
                }
                expectRelayed(client, other, addressOf(other));
            } finally {
                Arena.run("nft", "delete table inet chaos");
            }
            expectRelayed(client, peer, refused);
        }
        return PACKETS + " packets refused";
    }

    /// The way out is slow and its queue short (ENOBUFS), and a peer doesn't read.
    static String fullQueues(Arena arena, int times) throws IOException, TurnFailure {
        try (TurnClient client = arena.client(Carrier.UDP);
                DatagramChannel peer = Arena.peer()) {
            client.allocate(null);
            TransportAddress to = addressOf(peer);
            client.bindChannel(0x4000, to);
            double dropped = arena.server().metric(DROPPED);
            Arena.run(
                    "tc",
                    "qdisc add dev lo root tbf rate 20mbit burst 5000 limit 10000".split(" "));
            try {
                for (int i = 0; i < FLOOD_PACKETS; i++) {
                    client.sendOnChannel(0x4000, payload(FLOOD_BYTES));
                }
                arena.awaitServed();
            } finally {
                Arena.run("tc", "qdisc", "del", "dev", "lo", "root");
            }
            expectRelayed(client, peer, to);
            return "%d packets, the system took %.0f less"
                    .formatted(FLOOD_PACKETS, arena.server().metric(DROPPED) - dropped);
        }
    }

    /// The server's address goes away for a second.
    static String address(Arena arena, int times) throws IOException, TurnFailure {
        try (TurnClient client = arena.client(Carrier.UDP);
                DatagramChannel peer = Arena.peer()) {
            client.allocate(null);
            TransportAddress to = addressOf(peer);
            client.createPermission(to);
            expectRelayed(client, peer, to);
            // The probe's own system would tell it so at once.
            arena.withoutProbe(Losses::loseAddress);
            expectRelayed(client, peer, to);
        }
        return WITHOUT_ADDRESS.toSeconds() + " s";
    }

    private static void loseAddress() {
        Arena.ip("addr", "del", Arena.SERVER + "/32", "dev", "lo");
        try {
            LockSupport.parkNanos(WITHOUT_ADDRESS.toNanos());
        } finally {
            Arena.ip("addr", "add", Arena.SERVER + "/32", "dev", "lo");
        }
    }

    private static TransportAddress addressOf(DatagramChannel channel) throws IOException {
        return TransportAddress.of((InetSocketAddress) channel.getLocalAddress());
    }

    private static Octets payload(int length) {
        return Octets.of(new byte[length]);
    }

    /// Sends until something arrives: UDP may lose some of it.
    private static void expectRelayed(TurnClient client, DatagramChannel peer, TransportAddress to)
            throws IOException, TurnFailure {
        ByteBuffer buffer = ByteBuffer.allocate(2048);
        while (peer.receive(buffer.clear()) != null) {
            buffer.clear(); // what came before
        }
        client.createPermission(to);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            client.send(to, payload(10));
            LockSupport.parkNanos(PAUSE.toNanos());
            if (peer.receive(buffer.clear()) != null) {
                return;
            }
        }
        throw new IllegalStateException("nothing is relayed to " + to);
    }
}
