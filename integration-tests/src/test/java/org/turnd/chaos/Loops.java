package org.turnd.chaos;

import java.io.IOException;
import java.time.Duration;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// Relays whose peers are relays. What comes out is no more than what goes in.
final class Loops {
    private static final int PACKETS = 200;
    private static final int CHANNEL = 0x4000;
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private Loops() {}

    private static String relayed(Daemon server, double before, int sent) throws IOException {
        double packets = server.metric("turnd_relayed_packets_total") - before;
        // Each leaves one relay and arrives at another, or the same: it is counted twice.
        if (packets > 2.0 * sent) {
            throw new IllegalStateException("%d packets became %.0f".formatted(sent, packets));
        }
        return "%d packets relayed %.0f times".formatted(sent, packets);
    }

    /// A client whose peer is its own relay.
    static String self(Arena arena, int times) throws IOException, TurnFailure {
        double before = arena.server().metric("turnd_relayed_packets_total");
        try (TurnClient client = arena.client(Carrier.UDP)) {
            TransportAddress relay = client.allocate(null).relayed();
            client.bindChannel(CHANNEL, relay);
            exchange(client, client);
        }
        return relayed(arena.server(), before, PACKETS);
    }

    /// Two clients, each the other's peer by its relay.
    static String pair(Arena arena, int times) throws IOException, TurnFailure {
        double before = arena.server().metric("turnd_relayed_packets_total");
        try (TurnClient one = arena.client(Carrier.UDP);
                TurnClient other = arena.client(Carrier.UDP)) {
            TransportAddress here = one.allocate(null).relayed();
            TransportAddress there = other.allocate(null).relayed();
            one.bindChannel(CHANNEL, there);
            other.bindChannel(CHANNEL, here);
            exchange(one, other);
        }
        return relayed(arena.server(), before, PACKETS);
    }

    /// As [#pair], by way of two servers.
    static String twoServers(Arena arena, int times) throws IOException, TurnFailure {
        try (Daemon second = new Daemon(arena.newDirectory("second"), Arena.OTHER_SERVER);
                TurnClient one = arena.client(Carrier.UDP);
                TurnClient other =
                        TurnClient.connect(second.endpoint(Carrier.UDP), Probe.options())) {
            double before = arena.server().metric("turnd_relayed_packets_total");
            TransportAddress here = one.allocate(null).relayed();
            TransportAddress there = other.allocate(null).relayed();
            one.bindChannel(CHANNEL, there);
            other.bindChannel(CHANNEL, here);
            exchange(one, other);
            relayed(second, 0, PACKETS);
            return relayed(arena.server(), before, PACKETS);
        }
    }

    /// One sends on its channel, the other reads until there is no more.
    private static void exchange(TurnClient one, TurnClient other) throws TurnFailure {
        int received = 0;
        for (int i = 0; i < PACKETS; i++) {
            one.sendOnChannel(CHANNEL, Octets.of(new byte[100]));
            if (i % 10 == 9) {
                received += read(other, Duration.ofMillis(1));
            }
        }
        received += read(other, PATIENCE);
        if (received == 0 || received > PACKETS) {
            throw new IllegalStateException("%d of %d came".formatted(received, PACKETS));
        }
    }

    private static int read(TurnClient client, Duration patience) throws TurnFailure {
        int received = 0;
        while (client.receive(patience) != null) {
            received++;
        }
        return received;
    }
}
