package org.turnd.server.engine;

import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunMessage;

/// Refresh (RFC 8656 §8.2).
final class RefreshProcessor {
    private final Surroundings surroundings;
    private final Allocations allocations;
    private final EngineEvents events;

    RefreshProcessor(Surroundings surroundings, Allocations allocations) {
        this.surroundings = surroundings;
        this.allocations = allocations;
        this.events = surroundings.events();
    }

    Answer process(Request request, Allocation allocation) {
        StunMessage message = request.message();
        if (message.invalid(AttributeType.REQUESTED_ADDRESS_FAMILY) != null
                || message.invalid(AttributeType.LIFETIME) != null) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_REQUEST);
        }
        RequestedAddressFamily requested = message.first(RequestedAddressFamily.class);
        AddressFamily only = requested == null ? null : AddressFamily.of(requested.family());
        // G-04, G-08.
        if (requested != null && (only == null || allocation.relay(only) == null)) {
            return Answer.Refusal.of(
                    ErrorReason.PEER_ADDRESS_FAMILY_MISMATCH, RefusalCause.FAMILY_MISMATCH);
        }
        // O-06: from now on the new token's key is the allocation's.
        if (request.user().token() != null) {
            allocation.owner = request.user();
        }
        Lifetime lifetime = message.first(Lifetime.class);
        // G-03: only Refresh takes a lifetime of zero at its word.
        boolean delete = lifetime != null && lifetime.seconds() == 0;
        int seconds = delete ? 0 : surroundings.settings().grantedLifetimeSeconds(request);
        // G-05: without a family, both relays of a dual allocation.
        for (AddressFamily family : AddressFamily.values()) {
            Relay relay = allocation.relay(family);
            if (relay == null || (only != null && only != family)) {
                continue;
            }
            if (delete) {
                allocations.endRelay(relay, EndReason.DELETED_BY_CLIENT, request.nowNanos());
            } else {
                long expiresNanos = request.nowNanos() + seconds * TimerWheel.TICK_NANOS;
                allocations.refresh(relay, expiresNanos, request.nowNanos());
            }
        }
        if (!allocation.ended) {
            events.onRefreshed(allocation.summary(), seconds);
        }
        return Answer.Success.of(new Lifetime(seconds));
    }
}
