package org.turnd.cli.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.AddressErrorCode;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Tries what a TURN server may or may not be able to do. Whatever it says it can is used once,
/// with data to the end; each ability has connections of its own, so that none spoils another.
final class AbilityCheck {
    private static final Duration DATA_PATIENCE = Duration.ofSeconds(2);
    private static final int PAYLOAD_BYTES = 160;
    private static final int CHANNEL = 0x4001;

    private final Subject subject;
    private final Endpoint endpoint;
    private final ClientOptions options;

    /// One ability tried.
    private interface Trial {
        Ability run(String name) throws TurnFailure;
    }

    AbilityCheck(Subject subject, Endpoint endpoint, ClientOptions options) {
        this.subject = subject;
        this.endpoint = endpoint;
        this.options = options;
    }

    /// Tries all.
    ///
    /// @param authentication how the server wants to be shown credentials, null if not at all
    List<Ability> run(@Nullable Authentication authentication) {
        var abilities = new ArrayList<Ability>();
        if (authentication != null) {
            abilities.add(sha256("sha-256", authentication));
        }
        abilities.add(attempt("dual", this::dual));
        abilities.add(attempt("mobility", this::mobility));
        if (endpoint.carrier().isReliable()) {
            abilities.add(attempt("tcp-relay", this::tcpRelay));
        }
        return abilities;
    }

    private Ability attempt(String name, Trial trial) {
        try {
            return trial.run(name);
        } catch (TurnFailure e) {
            // A server that can't says so when it is asked for the allocation.
            return e.failure() instanceof Failure.ErrorResponse error
                            && error.method() == StunMethod.ALLOCATE
                    ? Ability.notOffered(name, (error.code() + " " + error.reason()).strip())
                    : Ability.broken(name, Diagnosis.finding(e.failure(), subject));
        }
    }

    private static Ability sha256(String name, Authentication authentication) {
        if (authentication.algorithms() == null) {
            return Ability.notOffered(name, "passwords are hashed with MD5, as before RFC 8489");
        }
        var user = authentication.hidesUser() ? "; user names are hashed as well" : "";
        return authentication.isSha256()
                ? Ability.works(name, "passwords are hashed with SHA-256" + user)
                : Ability.notOffered(name, "the server prefers MD5 for passwords" + user);
    }

    /// RFC 8656 §7: one allocation with an IPv4 and an IPv6 address.
    private Ability dual(String name) throws TurnFailure {
        try (var alice = connect()) {
            var granted = allocate(alice, new AdditionalAddressFamily(AddressFamily.IPV6.code()));
            var relays = relaysOf(granted);
            if (relays.size() < 2) {
                var missing = granted.first(AddressErrorCode.class);
                return Ability.notOffered(
                        name,
                        missing == null
                                ? "there is only " + relays.getFirst()
                                : "no second address: " + missing.code() + " " + missing.reason());
            }
            for (var relay : relays) {
                if (!isLinked(alice, relay)) {
                    return Ability.broken(name, "no data gets through " + relay);
                }
            }
            return Ability.works(
                    name,
                    relays.stream().map(Object::toString).collect(Collectors.joining(" and ")));
        }
    }

    /// Sends from one of a client's relays to another client, and back.
    private boolean isLinked(TurnClient alice, TransportAddress aliceRelay) throws TurnFailure {
        try (var bob = connect()) {
            var bobRelay = bob.allocate(aliceRelay.family()).relayed();
            bob.createPermission(aliceRelay);
            alice.createPermission(bobRelay);
            alice.send(bobRelay, payload(1));
            if (!arrives(bob, payload(1))) {
                return false;
            }
            bob.send(aliceRelay, payload(2));
            return arrives(alice, payload(2));
        }
    }

    /// RFC 8016: the allocation goes on from another port of the client.
    private Ability mobility(String name) throws TurnFailure {
        try (var alice = connect();
                var bob = connect()) {
            var granted = allocate(alice, new MobilityTicket(Octets.EMPTY));
            var ticket = granted.first(MobilityTicket.class);
            if (ticket == null) {
                return Ability.notOffered(
                        name, "a client whose address changes has to allocate again");
            }
            var aliceRelay = relaysOf(granted).getFirst();
            var bobRelay = bob.allocate(null).relayed();
            bob.createPermission(aliceRelay);
            alice.bindChannel(CHANNEL, bobRelay);
            try (var moved = connect()) {
                var next = moved.takeOver(alice, ticket).first(MobilityTicket.class);
                if (next == null || next.equals(ticket)) {
                    return Ability.broken(name, "the ticket stays good for anybody who saw it");
                }
                moved.sendOnChannel(CHANNEL, payload(1));
                if (!arrives(bob, payload(1))) {
                    return Ability.broken(name, "nothing gets to the peer after the move");
                }
                bob.send(aliceRelay, payload(2));
                return arrives(moved, payload(2))
                        ? Ability.works(
                                name,
                                aliceRelay
                                        + " was kept from "
                                        + alice.localAddress()
                                        + " to "
                                        + moved.localAddress())
                        : Ability.broken(name, "nothing comes back from the peer after the move");
            }
        }
    }

    /// RFC 6062: TCP connections between client and peer. Bob's relayed address is Alice's peer.
    private Ability tcpRelay(String name) throws TurnFailure {
        try (var alice = connect();
                var bob = connect()) {
            var granted = allocateTcp(alice);
            var aliceRelay = relaysOf(granted).getFirst();
            var bobRelay = relaysOf(allocateTcp(bob)).getFirst();
            bob.createPermission(aliceRelay);
            var connected =
                    alice.request(StunMethod.CONNECT, List.of(new XorPeerAddress(bobRelay)))
                            .first(ConnectionId.class);
            var attempt = bob.indication(StunMethod.CONNECTION_ATTEMPT, DATA_PATIENCE);
            var accepted = attempt == null ? null : attempt.first(ConnectionId.class);
            if (connected == null || accepted == null) {
                return Ability.broken(name, "no CONNECTION-ID comes for a connection");
            }
            try (var aliceData = connect();
                    var bobData = connect()) {
                aliceData.carry(connected, alice, CHANNEL, bobRelay);
                bobData.carry(accepted, bob, CHANNEL, aliceRelay);
                aliceData.sendOnChannel(CHANNEL, payload(3));
                if (!arrives(bobData, payload(3))) {
                    return Ability.broken(name, "nothing gets through to the peer");
                }
                bobData.sendOnChannel(CHANNEL, payload(4));
                return arrives(aliceData, payload(4))
                        ? Ability.works(name, aliceRelay + " reached " + bobRelay + " over TCP")
                        : Ability.broken(name, "nothing comes back from the peer");
            }
        }
    }

    private TurnClient connect() throws TurnFailure {
        return TurnClient.connect(endpoint, options);
    }

    private static StunMessage allocate(TurnClient client, StunAttribute special)
            throws TurnFailure {
        return client.allocateWith(
                List.of(new RequestedTransport(RequestedTransport.UDP), special));
    }

    private static StunMessage allocateTcp(TurnClient client) throws TurnFailure {
        return client.allocateWith(List.of(new RequestedTransport(RequestedTransport.TCP)));
    }

    private static List<TransportAddress> relaysOf(StunMessage granted) throws TurnFailure {
        var relays =
                granted.all(XorRelayedAddress.class).stream()
                        .map(XorRelayedAddress::address)
                        .toList();
        if (relays.isEmpty()) {
            throw new TurnFailure(
                    new Failure.BadAnswer("the answer to Allocate has no XOR-RELAYED-ADDRESS"));
        }
        return relays;
    }

    private static boolean arrives(TurnClient client, Octets payload) throws TurnFailure {
        long deadline = System.nanoTime() + DATA_PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var received = client.receive(Duration.ofNanos(deadline - System.nanoTime()));
            if (received != null && received.data().equals(payload)) {
                return true;
            }
        }
        return false;
    }

    private static Octets payload(int number) {
        var bytes = new byte[PAYLOAD_BYTES];
        Arrays.fill(bytes, (byte) number);
        return Octets.of(bytes);
    }
}
