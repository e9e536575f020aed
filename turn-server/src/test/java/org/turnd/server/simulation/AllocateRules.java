package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// How Allocate is answered, at once or when its sockets are there (RFC 8656 §7.2).
final class AllocateRules {
    private final Model model;
    private final RelaySockets sockets;
    private final AddressPlan plan;
    private final Authentication authentication;
    private final ScenarioSettings settings;
    private final LocalSharedState shared;

    AllocateRules(
            Model model,
            RelaySockets sockets,
            AddressPlan plan,
            Authentication authentication,
            ScenarioSettings settings,
            LocalSharedState shared) {
        this.model = model;
        this.sockets = sockets;
        this.plan = plan;
        this.authentication = authentication;
        this.settings = settings;
        this.shared = shared;
    }

    /// What an Allocate is, before the engine sees it: a port may be bound for it at once.
    Model.@Nullable Pending announce(StunMessage request, Octets bytes, long nowNanos) {
        IntegrityKey key = authentication.keyFor(request);
        if (request.method() != StunMethod.ALLOCATE || key == null) {
            return null;
        }
        ReservationToken token = request.first(ReservationToken.class);
        RelaySockets.Port claimed =
                token == null ? null : sockets.reservedBy(token.token(), nowNanos);
        return new Model.Pending(request, bytes, ControlRules.username(request), key, claimed);
    }

    /// An authenticated Allocate was taken in.
    void requested(
            FiveTuple from,
            StunMessage request,
            List<Output> outputs,
            Model.@Nullable Pending announced,
            long nowNanos) {
        if (announced == null) {
            throw new SimulationFailure("authenticated as nobody: " + request);
        }
        if (model.allocation(from) != null || model.pending(from) != null) {
            refused(from, announced, outputs, nowNanos).expectCode(437); // F-01
            return;
        }
        int refusal = refusal(request, from);
        if (refusal != 0) {
            refused(from, announced, outputs, nowNanos).expectCode(refusal);
            return;
        }
        if (sockets.bindsInStep() > 0) {
            model.begin(from, announced);
            settled(from, outputs, nowNanos);
        } else {
            checkRefusalIsDue(
                    from, refused(from, announced, outputs, nowNanos), announced, nowNanos);
        }
    }

    /// A relay socket of a pending Allocate was bound or has failed.
    void settled(FiveTuple owner, List<Output> outputs, long nowNanos) {
        Model.Pending pending = model.pending(owner);
        if (pending == null) {
            ForwardingRules.expectNothing("no Allocate is pending for " + owner, outputs);
            return;
        }
        List<RelaySockets.Socket> mine = sockets.of(owner);
        boolean waiting =
                mine.stream().anyMatch(socket -> socket.state == RelaySockets.State.BINDING);
        check(
                mine.stream().noneMatch(socket -> socket.state == RelaySockets.State.FAILED),
                "nothing was done about a failed relay");
        if (waiting) {
            ForwardingRules.expectNothing("answered before every socket is there", outputs);
            return;
        }
        Answer answer = Answer.to(pending.request(), pending.bytes(), owner, outputs);
        answer.expectSigned(authentication, pending.key());
        model.settle(owner);
        remember(owner, pending, answer, nowNanos);
        if (mine.isEmpty()) {
            answer.expectCode(508); // F-26
        } else {
            answer.expectCode(0);
            granted(owner, pending, mine, answer, nowNanos);
        }
    }

    private Answer refused(
            FiveTuple from, Model.Pending announced, List<Output> outputs, long nowNanos) {
        check(sockets.bindsInStep() == 0, "F-31: a refused Allocate bound a socket");
        Answer answer = Answer.to(announced.request(), announced.bytes(), from, outputs);
        answer.expectSigned(authentication, announced.key());
        remember(from, announced, answer, nowNanos);
        return answer;
    }

    private void remember(FiveTuple client, Model.Pending allocate, Answer answer, long nowNanos) {
        if (client.transport().isDatagram()) {
            model.store(
                    client,
                    MessageType.of(StunMethod.ALLOCATE, StunClass.REQUEST),
                    allocate.request().transactionId(),
                    answer.bytes,
                    nowNanos);
        }
    }

    /// The refusals that follow from the request alone, or 0.
    private int refusal(StunMessage request, FiveTuple from) {
        RequestedTransport transport = request.first(RequestedTransport.class);
        EvenPort even = request.first(EvenPort.class);
        AdditionalAddressFamily added = request.first(AdditionalAddressFamily.class);
        boolean family = request.has(AttributeType.REQUESTED_ADDRESS_FAMILY);
        if (transport == null) {
            return 400; // F-02
        }
        if (transport.protocol() != RequestedTransport.UDP) {
            return 442; // F-03
        }
        if (request.has(AttributeType.DONT_FRAGMENT)
                && from.transport().isDatagram()
                && from.client().isIpv4()
                && wanted(request).contains(AddressFamily.IPV6)) {
            return 420; // F-05
        }
        boolean token = request.has(AttributeType.RESERVATION_TOKEN);
        boolean badMixture =
                (token && (even != null || family || added != null)) // F-06
                        || (family && added != null) // F-09
                        || (even != null && even.reserveNext() && added != null) // F-12
                        || (added != null && added.family() == AddressFamily.IPV4.code()); // F-15
        if (badMixture) {
            return 400;
        }
        if (from.client().high() >>> 48 == 0x2002L || shared.isDraining()) {
            return 403; // F-28, F-29
        }
        return token || !offered(request).isEmpty() ? 0 : 440; // F-10
    }

    private void checkRefusalIsDue(
            FiveTuple from, Answer answer, Model.Pending allocate, long nowNanos) {
        StunMessage request = allocate.request();
        if (answer.code() == 486) {
            int held = sockets.ownersOf(allocate.user());
            check(held >= settings.allocationsPerUser(), "F-25: 486 with %d allocations", held);
            return;
        }
        answer.expectCode(508);
        EvenPort even = request.first(EvenPort.class);
        boolean reserves = even != null && even.reserveNext();
        boolean full = sockets.ownersOn(from.shard()) >= settings.allocationsMax();
        if (full || reserves) {
            return;
        }
        if (request.has(AttributeType.RESERVATION_TOKEN)) {
            check(allocate.claimed() == null, "F-08: a good RESERVATION-TOKEN is refused");
            return;
        }
        for (AddressFamily family : offered(request)) {
            check(
                    sockets.freePorts(family, even != null, nowNanos) == 0,
                    "F-26: 508 though there are free %s ports",
                    family);
        }
    }

    private void granted(
            FiveTuple owner,
            Model.Pending pending,
            List<RelaySockets.Socket> mine,
            Answer answer,
            long nowNanos) {
        StunMessage request = pending.request();
        long seconds = ControlRules.grantedSeconds(request.first(Lifetime.class), settings);
        long told = answer.required(Lifetime.class).seconds();
        check(told == seconds, "F-17: LIFETIME is %d, not %d", told, seconds);
        check(
                answer.required(StunAttribute.XorMappedAddress.class)
                        .address()
                        .equals(owner.client()),
                "F-19: wrong XOR-MAPPED-ADDRESS");
        Model.Allocation allocation = new Model.Allocation(owner, pending.user());
        List<TransportAddress> relayed = new ArrayList<>();
        for (RelaySockets.Socket socket : mine) {
            TransportAddress outside = plan.relayOutside(socket.family);
            check(outside != null, "no relays of %s are offered", socket.family);
            if (outside != null) {
                TransportAddress address = outside.withPort(socket.port);
                relayed.add(address);
                allocation.relays.put(socket.family, new Model.Relay(allocation, socket, address));
            }
            socket.published = true;
            socket.expiresNanos = nowNanos + seconds * VirtualNetwork.SECONDS;
        }
        List<TransportAddress> toldRelayed =
                answer.message.all(XorRelayedAddress.class).stream()
                        .map(XorRelayedAddress::address)
                        .toList();
        check(
                toldRelayed.size() == relayed.size() && toldRelayed.containsAll(relayed),
                "F-19: relayed %s, but told %s",
                relayed,
                toldRelayed);
        checkPorts(pending, mine, answer);
        model.add(allocation);
    }

    private void checkPorts(Model.Pending pending, List<RelaySockets.Socket> mine, Answer answer) {
        StunMessage request = pending.request();
        EvenPort even = request.first(EvenPort.class);
        boolean reserves = even != null && even.reserveNext();
        ReservationToken token = answer.message.first(ReservationToken.class);
        check((token != null) == reserves, "F-13: RESERVATION-TOKEN in %s", answer.message);
        for (RelaySockets.Socket socket : mine) {
            check(even == null || socket.port % 2 == 0, "F-13: odd port %d", socket.port);
            if (token != null) {
                sockets.tokenFor(socket, token.token());
            }
        }
        if (request.has(AttributeType.RESERVATION_TOKEN)) {
            RelaySockets.Socket only = mine.getFirst();
            check(
                    mine.size() == 1
                            && new RelaySockets.Port(only.family, only.port)
                                    .equals(pending.claimed()),
                    "F-08: %d is not the reserved port",
                    only.port);
            return;
        }
        List<AddressFamily> wanted = wanted(request);
        check(
                mine.stream().allMatch(socket -> wanted.contains(socket.family)),
                "F-10, F-11: a family nobody asked for");
        // F-16.
        check(
                wanted.size() - mine.size()
                        == answer.message.all(StunAttribute.AddressErrorCode.class).size(),
                "F-16: ADDRESS-ERROR-CODE for what is missing");
    }

    private List<AddressFamily> offered(StunMessage request) {
        return wanted(request).stream()
                .filter(family -> plan.relayOutside(family) != null)
                .toList();
    }

    private static List<AddressFamily> wanted(StunMessage request) {
        if (request.has(AttributeType.ADDITIONAL_ADDRESS_FAMILY)) {
            return List.of(AddressFamily.IPV4, AddressFamily.IPV6);
        }
        RequestedAddressFamily asked = request.first(RequestedAddressFamily.class);
        AddressFamily family =
                asked == null ? AddressFamily.IPV4 : AddressFamily.of(asked.family());
        return family == null ? List.of() : List.of(family);
    }
}
