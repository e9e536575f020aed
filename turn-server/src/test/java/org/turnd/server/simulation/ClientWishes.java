package org.turnd.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What clients ask for next: mostly what a browser would, now and then what it would not. Clients
/// tell each other their relayed addresses and reservation tokens through it.
final class ClientWishes {
    private static final int HEARD_MAX = 8;

    /// A request before it is written.
    ///
    /// @param unsigned sent without credentials though the client could sign
    /// @param asSomebodyElse signed by another user
    record Wish(
            StunMethod method,
            List<StunAttribute> attributes,
            boolean unsigned,
            boolean asSomebodyElse) {
        Wish signed() {
            return new Wish(method, attributes, false, asSomebodyElse);
        }

        <T extends StunAttribute> List<T> all(Class<T> type) {
            return attributes.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    private final RandomGenerator random;
    private final List<TransportAddress> relayedOfAll = new ArrayList<>();
    private final List<ReservationToken> tokens = new ArrayList<>();

    ClientWishes(RandomGenerator random) {
        this.random = random;
    }

    void heardOf(TransportAddress relayed) {
        if (relayedOfAll.size() == HEARD_MAX) {
            relayedOfAll.removeFirst();
        }
        relayedOfAll.add(relayed);
    }

    void heardOf(ReservationToken token) {
        if (tokens.size() == HEARD_MAX) {
            tokens.removeFirst();
        }
        tokens.add(token);
    }

    /// @param relayed the client's relayed addresses
    /// @param channels the client's channels
    Wish next(List<TransportAddress> relayed, Map<Integer, TransportAddress> channels) {
        int dice = random.nextInt(100);
        StunMethod method;
        List<StunAttribute> attributes;
        if (dice < 6) {
            method = StunMethod.BINDING;
            attributes = new ArrayList<>();
        } else if (relayed.isEmpty() ? dice < 96 : dice < 10) {
            method = StunMethod.ALLOCATE;
            attributes = allocate();
        } else if (dice < 30) {
            method = StunMethod.REFRESH;
            attributes = refresh();
        } else if (dice < 65) {
            method = StunMethod.CREATE_PERMISSION;
            attributes = permissions();
        } else {
            method = StunMethod.CHANNEL_BIND;
            attributes = channel(channels);
        }
        if (random.nextInt(30) == 0) {
            attributes.add(new StunAttribute.UnknownAttribute(0x7F01, Octets.utf8("?")));
        }
        if (random.nextInt(30) == 0) {
            attributes.add(new StunAttribute.UnknownAttribute(0xC0DE, Octets.utf8("ignored")));
        }
        return new Wish(method, attributes, random.nextInt(20) == 0, random.nextInt(20) == 0);
    }

    /// Somebody to talk to: a peer, another client's relay, or one who must not be reached.
    TransportAddress anyPeer() {
        int dice = random.nextInt(20);
        if (dice == 0) {
            return AddressPlan.anyDenied(random);
        }
        if (dice == 1) {
            return AddressPlan.RELAY_IPV4.withPort(RelaySockets.FIRST_PORT + random.nextInt(8));
        }
        if (dice < 8 && !relayedOfAll.isEmpty()) {
            return World.anyOf(relayedOfAll, random);
        }
        return AddressPlan.anyPeer(random);
    }

    private List<StunAttribute> allocate() {
        List<StunAttribute> attributes = new ArrayList<>();
        if (random.nextInt(40) > 0) {
            attributes.add(new RequestedTransport(random.nextInt(40) == 0 ? 6 : 17));
        }
        addLifetime(attributes);
        int dice = random.nextInt(20);
        if (dice < 6) {
            attributes.add(new RequestedAddressFamily(random.nextInt(15) == 0 ? 7 : 1 + dice % 2));
        } else if (dice < 10) {
            attributes.add(new AdditionalAddressFamily(random.nextInt(15) == 0 ? 1 : 2));
        }
        if (random.nextInt(4) == 0) {
            attributes.add(new EvenPort(random.nextBoolean()));
        }
        if (!tokens.isEmpty() && random.nextInt(3) == 0) {
            if (random.nextInt(6) > 0) {
                attributes.removeIf(a -> !(a instanceof RequestedTransport));
            }
            attributes.add(World.anyOf(tokens, random));
        } else if (random.nextInt(40) == 0) {
            attributes.add(new ReservationToken(random.nextLong()));
        }
        if (random.nextInt(60) == 0
                && attributes.stream().noneMatch(ReservationToken.class::isInstance)) {
            attributes.add(new StunAttribute.DontFragment());
        }
        return attributes;
    }

    private List<StunAttribute> refresh() {
        List<StunAttribute> attributes = new ArrayList<>();
        if (random.nextInt(5) == 0) {
            attributes.add(new Lifetime(0));
        } else {
            addLifetime(attributes);
        }
        if (random.nextInt(3) == 0) {
            attributes.add(new RequestedAddressFamily(1 + random.nextInt(2)));
        }
        return attributes;
    }

    private List<StunAttribute> permissions() {
        List<StunAttribute> attributes = new ArrayList<>();
        for (int peers = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(4); peers > 0; peers--) {
            attributes.add(new XorPeerAddress(anyPeer()));
        }
        if (random.nextInt(60) == 0) {
            attributes.addFirst(
                    new StunAttribute.UnknownAttribute(
                            AttributeType.XOR_PEER_ADDRESS, Octets.utf8("no address")));
        }
        return attributes;
    }

    private List<StunAttribute> channel(Map<Integer, TransportAddress> channels) {
        int number =
                switch (random.nextInt(40)) {
                    case 0 -> 0x3FFF;
                    case 1 -> 0x5000;
                    case 2 -> 0x4FFF;
                    default -> 0x4000 + random.nextInt(6);
                };
        TransportAddress peer = anyPeer();
        if (!channels.isEmpty() && random.nextInt(3) > 0) {
            var bound = World.anyOf(List.copyOf(channels.entrySet()), random);
            number = bound.getKey();
            peer = bound.getValue();
        }
        return new ArrayList<>(List.of(new ChannelNumber(number), new XorPeerAddress(peer)));
    }

    private void addLifetime(List<StunAttribute> attributes) {
        switch (random.nextInt(6)) {
            case 0 -> attributes.add(new Lifetime(1));
            case 1 -> attributes.add(new Lifetime(random.nextInt(600, 4000)));
            case 2 -> attributes.add(new Lifetime(0xFFFF_FFFFL));
            default -> {}
        }
    }
}
