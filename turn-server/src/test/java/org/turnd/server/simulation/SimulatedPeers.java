package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.turnd.stun.TransportAddress;

/// Those that clients talk to through the server. They answer what they get, talk unasked to
/// addresses they have heard from, and knock at relay ports they have no business with.
final class SimulatedPeers {
    private static final int HEARD_MAX = 12;

    /// Who peers are as senders of payloads.
    private static final int PEER = -1;

    private record Heard(TransportAddress relayed, TransportAddress peer) {}

    private final World world;
    private final VirtualServer server;
    private final RandomGenerator random;
    private final List<Heard> heard = new ArrayList<>();
    private int sequence;

    SimulatedPeers(World world, VirtualServer server) {
        this.world = world;
        this.server = server;
        this.random = world.random().split();
    }

    /// A datagram from a relayed address arrives.
    void receive(TransportAddress relayed, TransportAddress peer, byte[] bytes) {
        check(!AddressPlan.isDenied(peer), "the denied peer %s got a packet", peer);
        if (!AddressPlan.isPeer(peer)) {
            return;
        }
        if (world.settings().leavesPayloadsIntact() && Payload.isTellable(bytes)) {
            Payload payload = Payload.read(bytes);
            check(
                    payload != null && payload.destination().equals(peer),
                    "a payload changed on its way to %s: %s",
                    peer,
                    payload);
        }
        Heard from = new Heard(relayed, peer);
        if (!heard.contains(from)) {
            if (heard.size() == HEARD_MAX) {
                heard.removeFirst();
            }
            heard.add(from);
        }
        if (random.nextInt(3) > 0) {
            send(relayed, peer, anyLength());
        }
        if (random.nextInt(16) == 0) {
            complain(relayed, peer);
        }
    }

    /// ICMP says, truly or not, what became of a datagram from a relayed address.
    private void complain(TransportAddress relayed, TransportAddress peer) {
        TransportAddress about = random.nextInt(4) == 0 ? AddressPlan.anyStranger(random) : peer;
        int type = about.isIpv4() ? random.nextInt(13) : random.nextInt(6);
        server.icmpError(relayed, about, type, random.nextInt(6), random.nextInt(1500));
    }

    /// Somebody out there does something unasked.
    void act() {
        if (!heard.isEmpty() && random.nextInt(4) > 0) {
            Heard target = World.anyOf(heard, random);
            // Another port of the same host is let in, too: permissions are for IP addresses.
            TransportAddress from =
                    random.nextInt(4) == 0
                            ? target.peer.withPort(random.nextInt(1024, 2048))
                            : target.peer;
            send(target.relayed, from, random.nextInt(60) == 0 ? hugeLength(from) : anyLength());
            return;
        }
        int port = RelaySockets.FIRST_PORT + random.nextInt(world.settings().relayPorts());
        TransportAddress relayed = AddressPlan.RELAY_IPV4.withPort(port);
        TransportAddress from =
                switch (random.nextInt(3)) {
                    case 0 -> AddressPlan.anyDenied(random);
                    case 1 -> AddressPlan.anyStranger(random);
                    default -> AddressPlan.anyPeer(random);
                };
        send(relayed, from, anyLength());
    }

    void send(TransportAddress relayed, TransportAddress peer, int length) {
        byte[] bytes = Payload.write(PEER, sequence++, relayed, length, random);
        world.network().carry(bytes, arrived -> server.fromPeer(relayed, peer, arrived));
    }

    /// As much as UDP carries, or nearly.
    private int hugeLength(TransportAddress from) {
        return (from.isIpv4() ? 65_507 : 65_527) - random.nextInt(60);
    }

    private int anyLength() {
        return random.nextInt(8) == 0 ? random.nextInt(4) : random.nextInt(300);
    }
}
