package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransportAddress;

/// How requests are answered (RFC 8489 §9.2.4, RFC 8656 §7 to §12), and what the model learns from
/// the answers.
final class ControlRules {
    private static final int CHANNEL_MIN = 0x4000;
    private static final int CHANNEL_MAX = 0x4FFF;
    private static final int DEFAULT_LIFETIME_SECONDS = 600;

    private final Model model;
    private final RelaySockets sockets;
    private final AddressPlan plan;
    private final Authentication authentication;
    private final ScenarioSettings settings;
    private final AllocateRules allocate;

    ControlRules(
            Model model,
            RelaySockets sockets,
            AddressPlan plan,
            Authentication authentication,
            ScenarioSettings settings,
            AllocateRules allocate) {
        this.model = model;
        this.sockets = sockets;
        this.plan = plan;
        this.authentication = authentication;
        this.settings = settings;
        this.allocate = allocate;
    }

    /// A well-formed STUN message that is no Send indication.
    ///
    /// @param announced the Allocate this is, if it is one by a known user
    void message(
            FiveTuple from,
            StunMessage request,
            Octets bytes,
            List<Output> outputs,
            Model.@Nullable Pending announced,
            long nowNanos) {
        if (request.messageClass() != StunClass.REQUEST || !isServed(request.method())) {
            ForwardingRules.expectNothing("A-05, A-06, A-07: " + request, outputs);
            return;
        }
        int type = MessageType.of(request.method(), StunClass.REQUEST);
        Octets again = model.stored(from, type, request.transactionId(), nowNanos);
        if (again != null) {
            check(
                    outputs.equals(List.of(new Output.ToClient(from, again))),
                    "C-01: the retransmitted %s was answered otherwise",
                    request);
            return;
        }
        Model.Pending pending = model.pending(from);
        if (pending != null && pending.request().transactionId().equals(request.transactionId())) {
            ForwardingRules.expectNothing("retransmission of a pending Allocate", outputs);
            return;
        }
        if (request.method() == StunMethod.BINDING) {
            binding(Answer.to(request, bytes, from, outputs), from, request);
            return;
        }
        judge(from, request, bytes, outputs, announced, nowNanos);
    }

    /// F-17, G-02.
    static long grantedSeconds(@Nullable Lifetime asked, ScenarioSettings settings) {
        long seconds = asked == null ? DEFAULT_LIFETIME_SECONDS : asked.seconds();
        return Math.max(DEFAULT_LIFETIME_SECONDS, Math.min(seconds, settings.maxLifetimeSeconds()));
    }

    private static boolean isServed(StunMethod method) {
        return switch (method) {
            case BINDING, ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND -> true;
            default -> false;
        };
    }

    //
    private static void binding(Answer answer, FiveTuple from, StunMessage request) {
        answer.expectUnsigned();
        if (Understood.lacksAny(request)) {
            answer.expectCode(420);
        } else if (!Understood.isOdd(request) || answer.isSuccess()) {
            answer.expectCode(0);
            check(
                    answer.required(StunAttribute.XorMappedAddress.class)
                            .address()
                            .equals(from.client()),
                    "A-24: wrong XOR-MAPPED-ADDRESS");
        }
    }

    private void judge(
            FiveTuple from,
            StunMessage request,
            Octets bytes,
            List<Output> outputs,
            Model.@Nullable Pending announced,
            long nowNanos) {
        StunView view = Answer.view(bytes);
        Authentication.Verdict verdict = authentication.judge(request, view, from, nowNanos);
        if (verdict == Authentication.Verdict.STALE_OR_GOOD) {
            boolean stale =
                    !outputs.isEmpty() && Answer.to(request, bytes, from, outputs).code() == 438;
            verdict = stale ? Authentication.Verdict.STALE : Authentication.Verdict.GOOD;
        }
        int refusal =
                switch (verdict) {
                    case NO_CREDENTIALS -> 401;
                    // O-02: nobody offered tokens.
                    case WRONG -> request.has(AttributeType.ACCESS_TOKEN) ? 420 : 401;
                    case INCOMPLETE -> 400;
                    case STALE -> 438;
                    case GOOD, STALE_OR_GOOD -> 0;
                };
        if (refusal == 0) {
            authenticated(from, request, bytes, outputs, announced, nowNanos);
            return;
        }
        Answer answer = Answer.to(request, bytes, from, outputs);
        answer.expectUnsigned();
        answer.expectCode(refusal);
        StunAttribute.Nonce nonce = answer.message.first(StunAttribute.Nonce.class);
        check(
                (nonce != null) == (refusal == 401 || refusal == 438),
                "D-07, D-08: nonce in %s",
                answer.message);
        if (nonce != null) {
            check(
                    answer.required(StunAttribute.Realm.class).value().equals(Authentication.REALM),
                    "wrong realm");
            check(
                    answer.required(PasswordAlgorithms.class).equals(Authentication.OFFERED),
                    "D-14: wrong PASSWORD-ALGORITHMS in %s",
                    answer.message);
            authentication.issued(nonce.value(), from, nowNanos);
        }
    }

    private void authenticated(
            FiveTuple from,
            StunMessage request,
            Octets bytes,
            List<Output> outputs,
            Model.@Nullable Pending announced,
            long nowNanos) {
        String user = username(request);
        IntegrityKey key = Objects.requireNonNull(authentication.keyFor(request), user);
        if (request.method() == StunMethod.ALLOCATE && !Understood.lacksAny(request)) {
            allocate.requested(from, request, outputs, announced, nowNanos);
            return;
        }
        Answer answer = Answer.to(request, bytes, from, outputs);
        answer.expectSigned(authentication, key);
        Model.Allocation allocation = model.allocation(from);
        if (Understood.lacksAny(request)) {
            answer.expectCode(420);
            check(
                    answer.required(StunAttribute.UnknownAttributes.class)
                            .types()
                            .equals(Understood.unknown(request)),
                    "A-16: wrong UNKNOWN-ATTRIBUTES");
        } else if (allocation == null) {
            answer.expectCode(437); // G-01
        } else if (!allocation.user.equals(user)) {
            answer.expectCode(441); // D-32
        } else if (request.method() == StunMethod.REFRESH) {
            refresh(allocation, request, answer, nowNanos);
        } else if (request.method() == StunMethod.CREATE_PERMISSION) {
            createPermission(allocation, request, answer, nowNanos);
        } else {
            channelBind(allocation, request, answer, nowNanos);
        }
        boolean kept =
                request.method() == StunMethod.REFRESH || request.method() == StunMethod.ALLOCATE;
        if (kept && from.transport().isDatagram()) {
            int type = MessageType.of(request.method(), StunClass.REQUEST);
            model.store(from, type, request.transactionId(), answer.bytes, nowNanos);
        }
    }

    private void refresh(
            Model.Allocation allocation, StunMessage request, Answer answer, long nowNanos) {
        RequestedAddressFamily requested = request.first(RequestedAddressFamily.class);
        AddressFamily only = requested == null ? null : AddressFamily.of(requested.family());
        if (requested != null && (only == null || !allocation.relays.containsKey(only))) {
            answer.expectCode(443); // G-04
            return;
        }
        answer.expectCode(0);
        Lifetime asked = request.first(Lifetime.class);
        boolean delete = asked != null && asked.seconds() == 0;
        long seconds = delete ? 0 : grantedSeconds(asked, settings);
        long told = answer.required(Lifetime.class).seconds();
        check(told == seconds, "G-02: LIFETIME is %d, not %d", told, seconds);
        for (Model.Relay relay : List.copyOf(allocation.relays.values())) {
            RelaySockets.Socket socket = relay.socket;
            if (only != null && only != socket.family) {
                continue;
            }
            if (delete) {
                check(
                        sockets.find(socket.shard, socket.relay) != socket,
                        "G-03: the relay of a deleted allocation is open");
                model.removeRelay(allocation, socket.family);
            } else {
                socket.expiresNanos = nowNanos + seconds * VirtualNetwork.SECONDS;
            }
        }
    }

    private void createPermission(
            Model.Allocation allocation, StunMessage request, Answer answer, long nowNanos) {
        List<TransportAddress> peers =
                request.all(XorPeerAddress.class).stream()
                        .map(peer -> peer.address().withPort(0))
                        .distinct()
                        .toList();
        if (peers.isEmpty() || request.invalid(AttributeType.XOR_PEER_ADDRESS) != null) {
            answer.expectCode(400); // H-01
        } else if (peers.stream().anyMatch(peer -> !allocation.relays.containsKey(peer.family()))) {
            answer.expectCode(443); // H-04
        } else if (peers.stream().anyMatch(this::isForbidden)) {
            answer.expectCode(403); // H-05
        } else if (lacksRoom(allocation, peers)) {
            answer.expectCode(508); // H-06
        } else {
            answer.expectCode(0);
            peers.forEach(peer -> install(allocation, peer, nowNanos));
        }
    }

    private void channelBind(
            Model.Allocation allocation, StunMessage request, Answer answer, long nowNanos) {
        ChannelNumber number = request.first(ChannelNumber.class);
        XorPeerAddress named = request.first(XorPeerAddress.class);
        if (number == null
                || named == null
                || named.address().port() == 0
                || number.number() < CHANNEL_MIN
                || number.number() > CHANNEL_MAX) {
            answer.expectCode(400); // J-01, J-02
            return;
        }
        TransportAddress peer = named.address();
        Model.Channel ofNumber = allocation.channels.get(number.number());
        Integer ofPeer = allocation.channelTo(peer);
        boolean conflict = ofNumber == null ? ofPeer != null : !ofNumber.peer().equals(peer);
        if (!allocation.relays.containsKey(peer.family())) {
            answer.expectCode(443); // J-06
        } else if (isForbidden(peer) || isDeadRelay(peer)) {
            answer.expectCode(403); // J-06
        } else if (conflict) {
            answer.expectCode(400); // J-03
        } else if (lacksRoom(allocation, List.of(peer.withPort(0)))
                || (ofNumber == null && allocation.channels.size() >= settings.channelsMax())) {
            answer.expectCode(508); // J-06
        } else {
            answer.expectCode(0);
            allocation.channels.put(
                    number.number(), new Model.Channel(peer, nowNanos + Model.CHANNEL_NANOS));
            install(allocation, peer, nowNanos);
        }
    }

    private boolean isForbidden(TransportAddress peer) {
        return AddressPlan.isDenied(peer) && plan.relayed(peer) == null;
    }

    private boolean isDeadRelay(TransportAddress peer) {
        TransportAddress relayed = plan.relayed(peer);
        if (relayed == null) {
            return false;
        }
        RelaySockets.Socket socket = sockets.find(relayed.family(), relayed.port());
        return socket == null || !socket.published;
    }

    private boolean lacksRoom(Model.Allocation allocation, List<TransportAddress> peers) {
        for (Model.Relay relay : allocation.relays.values()) {
            long added =
                    peers.stream()
                            .filter(peer -> peer.family() == relay.socket.family)
                            .filter(peer -> !relay.permits(peer))
                            .count();
            if (added > 0 && relay.permissions.size() + added > settings.permissionsMax()) {
                return true;
            }
        }
        return false;
    }

    private static void install(Model.Allocation allocation, TransportAddress peer, long nowNanos) {
        Model.Relay relay = allocation.relays.get(peer.family());
        if (relay != null) {
            Map<TransportAddress, Long> permissions = relay.permissions;
            permissions.put(peer.withPort(0), nowNanos + Model.PERMISSION_NANOS);
        }
    }

    static String username(StunMessage request) {
        StunAttribute.Username username = request.first(StunAttribute.Username.class);
        return username == null ? "" : username.value();
    }
}
