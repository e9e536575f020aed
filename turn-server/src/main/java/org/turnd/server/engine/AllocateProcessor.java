package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.Redirect.Occasion;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.AddressErrorCode;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.TransportAddress;

/// Allocate (RFC 8656 §7.2), in two phases: lease ports and ask for sockets, then answer when they
/// are bound or have failed.
final class AllocateProcessor {
    private final Surroundings surroundings;
    private final Redirector redirector;
    private final SharedState shared;
    private final QuotaClaims quotas;
    private final Allocations allocations;
    private final Mobility mobility;
    private final EngineEvents events;
    private final EngineCounters counters;
    private final Responder responder;
    private final EngineSink sink;

    AllocateProcessor(
            Surroundings surroundings,
            Redirector redirector,
            Allocations allocations,
            Mobility mobility,
            Responder responder) {
        this.sink = surroundings.sink();
        this.surroundings = surroundings;
        this.redirector = redirector;
        this.shared = surroundings.shared();
        this.quotas = new QuotaClaims(shared);
        this.allocations = allocations;
        this.mobility = mobility;
        this.events = surroundings.events();
        this.counters = surroundings.counters();
        this.responder = responder;
    }

    /// Carries out steps 2 to 11 of RFC 8656 §7.2.
    Answer process(Request request) {
        StunMessage message = request.message();
        // Step 2. F-01.
        if (request.allocation() != null) {
            return Answer.Refusal.of(
                    ErrorReason.ALLOCATION_MISMATCH, RefusalCause.ALLOCATION_EXISTS);
        }
        Answer.Refusal wrong = check(request);
        if (wrong != null) {
            return wrong;
        }
        // Step 11, "at any point".
        Answer.Refusal elsewhere = redirector.always(request);
        if (elsewhere != null) {
            return elsewhere;
        }
        // F-28.
        if (shared.isDraining()) {
            return orElsewhere(
                    Occasion.DRAINING, request, ErrorReason.FORBIDDEN, RefusalCause.DRAINING);
        }
        List<AddressFamily> families = requestedFamilies(message);
        // Step 7. F-10, F-11.
        if (!isAnyOffered(families)) {
            return Answer.Refusal.of(
                    ErrorReason.ADDRESS_FAMILY_NOT_SUPPORTED, RefusalCause.UNSUPPORTED_FAMILY);
        }
        // Step 10. F-25.
        if (allocations.isFull()) {
            return orElsewhere(
                    Occasion.FULL,
                    request,
                    ErrorReason.INSUFFICIENT_CAPACITY,
                    RefusalCause.CAPACITY);
        }
        String username = request.user().account();
        ServedRealm realm = request.user().realm();
        TransportAddress client = request.client().client();
        Answer.Refusal tooMany = quotas.acquire(realm, username, client);
        if (tooMany != null) {
            return tooMany;
        }
        Answer.Refusal full = allocate(request, families);
        if (full != null) {
            // F-31: a failed Allocate leaves nothing behind.
            quotas.release(realm, username, client);
            return full;
        }
        return new Answer.Later();
    }

    /// Returns the redirect of a client that has not authenticated (W-03, T-03), or null when it
    /// shall do that first.
    Answer.@Nullable Refusal redirectStranger(Request request) {
        boolean fits =
                redirector.takesStrangers(request.client())
                        && request.allocation() == null
                        && check(request) == null;
        if (!fits) {
            return null;
        }
        Answer.Refusal elsewhere = redirector.always(request);
        if (elsewhere == null && shared.isDraining()) {
            elsewhere = redirector.on(Occasion.DRAINING, request);
        }
        if (elsewhere == null && allocations.isFull()) {
            elsewhere = redirector.on(Occasion.FULL, request);
        }
        return elsewhere;
    }

    /// What request and sender make impossible on every server.
    private Answer.@Nullable Refusal check(Request request) {
        StunMessage message = request.message();
        Answer.Refusal wrong =
                AllocateChecks.check(
                        request,
                        surroundings.settings().relayTransports(),
                        sink.setsDontFragment());
        if (wrong != null) {
            return wrong;
        }
        // L-21: a TCP allocation ends with its control connection.
        boolean mayMove = surroundings.settings().mobility() && !AllocateChecks.asksForTcp(message);
        Answer.Refusal forbidden = AllocateChecks.checkMobility(message, mayMove);
        if (forbidden != null) {
            return forbidden;
        }
        // F-29: 403 "at any point".
        return ClientPolicy.isTunnel(request.client().client())
                ? Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.CLIENT_DENIED)
                : null;
    }

    private Answer.Refusal orElsewhere(
            Occasion occasion, Request request, ErrorReason reason, RefusalCause cause) {
        Answer.Refusal elsewhere = redirector.on(occasion, request);
        return elsewhere != null ? elsewhere : Answer.Refusal.of(reason, cause);
    }

    /// A relay socket of a pending allocation is bound.
    void onBound(Relay relay, long nowNanos) {
        relay.state = Relay.State.BOUND;
        answerWhenSettled(relay.allocation, nowNanos);
    }

    /// A relay socket of a pending allocation can't be bound.
    void onFailed(Relay relay, PendingAllocate pending, long nowNanos) {
        if (!allocations.bindElsewhere(relay, pending.rule, pending.fixedPort, nowNanos)) {
            pending.missing.add(
                    PendingAllocate.lacking(relay.family, ErrorReason.INSUFFICIENT_CAPACITY));
            answerWhenSettled(relay.allocation, nowNanos);
        }
    }

    /// Leases the ports and asks for the sockets. Returns a refusal when there is no port; then
    /// nothing is left behind.
    private Answer.@Nullable Refusal allocate(Request request, List<AddressFamily> families) {
        StunMessage message = request.message();
        long nowNanos = request.nowNanos();
        ReservationToken claimed = message.first(ReservationToken.class);
        if (claimed != null) {
            return allocateReserved(request, claimed);
        }
        EvenPort evenPort = message.first(EvenPort.class);
        PortRule rule =
                evenPort == null
                        ? PortRule.ANY
                        : evenPort.reserveNext() ? PortRule.EVEN_WITH_NEXT : PortRule.EVEN;
        List<TransportAddress> leased = new ArrayList<>();
        List<AddressErrorCode> missing = new ArrayList<>();
        for (AddressFamily family : families) {
            int port = isOffered(family) ? shared.leasePort(family, rule, nowNanos) : -1;
            if (port == SharedState.NONE) {
                missing.add(
                        PendingAllocate.lacking(
                                family,
                                isOffered(family)
                                        ? ErrorReason.INSUFFICIENT_CAPACITY
                                        : ErrorReason.ADDRESS_FAMILY_NOT_SUPPORTED));
            } else {
                leased.add(externalAddress(family, port));
            }
        }
        if (leased.isEmpty()) {
            return orElsewhere(
                    Occasion.FULL,
                    request,
                    ErrorReason.INSUFFICIENT_CAPACITY,
                    RefusalCause.NO_PORT);
        }
        ReservationToken token = null;
        if (rule == PortRule.EVEN_WITH_NEXT) {
            TransportAddress even = leased.getFirst();
            token =
                    new ReservationToken(
                            shared.reserve(
                                    request.user().realm().index(),
                                    even.family(),
                                    even.port() + 1,
                                    nowNanos));
        }
        int lifetimeSeconds = surroundings.settings().grantedLifetimeSeconds(request);
        PendingAllocate pending = new PendingAllocate(request, lifetimeSeconds, rule, false, token);
        pending.missing.addAll(missing);
        begin(pending, leased);
        return null;
    }

    /// F-08: exactly the reserved port.
    private Answer.@Nullable Refusal allocateReserved(Request request, ReservationToken claimed) {
        long nowNanos = request.nowNanos();
        SharedState.Reservation reservation =
                shared.claim(request.user().realm().index(), claimed.token(), nowNanos);
        if (reservation == null) {
            return Answer.Refusal.of(
                    ErrorReason.INSUFFICIENT_CAPACITY, RefusalCause.BAD_RESERVATION);
        }
        if (Fragmentation.needsReceivedDontFragment(
                request.client(), reservation.family(), request.message())) {
            shared.returnPort(reservation.family(), reservation.port(), nowNanos);
            return AllocateChecks.DONT_FRAGMENT_UNKNOWN;
        }
        int lifetimeSeconds = surroundings.settings().grantedLifetimeSeconds(request);
        begin(
                new PendingAllocate(request, lifetimeSeconds, PortRule.ANY, true, null),
                List.of(externalAddress(reservation.family(), reservation.port())));
        return null;
    }

    private void begin(PendingAllocate pending, List<TransportAddress> relayed) {
        Request request = pending.request;
        Allocation allocation =
                new Allocation(
                        allocations.nextId(),
                        request.client(),
                        request.user(),
                        allocations.newChannels(),
                        pending);
        allocation.bandwidth =
                shared.bandwidthOf(
                        request.user().realm().index(),
                        allocation.username,
                        surroundings.shard(),
                        request.nowNanos());
        allocation.relaysTcp = AllocateChecks.asksForTcp(request.message());
        allocations.begin(allocation);
        // All relays are there before the first is bound: a sink may answer at once.
        List<Relay> relays = new ArrayList<>();
        for (TransportAddress address : relayed) {
            relays.add(allocations.addRelay(allocation, address));
        }
        relays.forEach(allocations::bind);
    }

    private void answerWhenSettled(Allocation allocation, long nowNanos) {
        PendingAllocate pending = allocation.pending;
        if (pending == null || allocation.isBinding()) {
            return;
        }
        Request request = pending.request.at(nowNanos);
        if (!allocation.hasRelay()) {
            allocations.end(allocation, EngineEvents.EndReason.EXPIRED, nowNanos);
            responder.respond(
                    request,
                    Answer.Refusal.of(ErrorReason.INSUFFICIENT_CAPACITY, RefusalCause.NO_PORT));
            return;
        }
        allocation.pending = null;
        allocation.createdNanos = nowNanos;
        counters.increment(Counter.ALLOCATIONS_CREATED);
        counters.listeners().started(allocation.listener);
        long expiresNanos = nowNanos + pending.lifetimeSeconds * TimerWheel.TICK_NANOS;
        List<StunAttribute> attributes = new ArrayList<>();
        List<TransportAddress> relayed = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            Relay relay = allocation.relay(family);
            if (relay != null) {
                allocations.open(relay, expiresNanos);
                attributes.add(new XorRelayedAddress(relay.relayed));
                relayed.add(relay.relayed);
            }
        }
        allocation.relayed = relayed;
        events.onAllocated(allocation.summary(), pending.lifetimeSeconds);
        allocations.reschedule(allocation, nowNanos);
        // F-16: a dual allocation that could only be had by half says which half is missing.
        attributes.addAll(pending.missing);
        attributes.add(new Lifetime(pending.lifetimeSeconds));
        attributes.add(new XorMappedAddress(request.client().client()));
        if (pending.token != null) {
            attributes.add(pending.token);
        }
        if (pending.mobile) {
            attributes.add(mobility.start(allocation));
        }
        responder.respond(request, new Answer.Success(attributes));
    }

    private List<AddressFamily> requestedFamilies(StunMessage message) {
        ReservationToken claimed = message.first(ReservationToken.class);
        if (claimed != null) {
            // The reservation itself says which; whatever is offered will do here.
            return List.of(AddressFamily.values());
        }
        if (message.first(AdditionalAddressFamily.class) != null) {
            return List.of(AddressFamily.IPV4, AddressFamily.IPV6);
        }
        StunAttribute.RequestedAddressFamily requested =
                message.first(StunAttribute.RequestedAddressFamily.class);
        if (requested == null) {
            return List.of(AddressFamily.IPV4);
        }
        AddressFamily family = AddressFamily.of(requested.family());
        return family == null ? List.of() : List.of(family);
    }

    private boolean isAnyOffered(List<AddressFamily> families) {
        for (AddressFamily family : families) {
            if (isOffered(family)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOffered(AddressFamily family) {
        return shared.relayAddress(family) != null;
    }

    private TransportAddress externalAddress(AddressFamily family, int port) {
        TransportAddress external = shared.externalRelayAddress(family);
        if (external == null) {
            throw new IllegalStateException("no relay address for " + family);
        }
        return external.withPort(port);
    }
}
