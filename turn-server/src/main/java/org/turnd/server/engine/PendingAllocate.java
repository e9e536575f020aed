package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute.AddressErrorCode;
import org.turnd.stun.StunAttribute.ReservationToken;

/// What the answer to an Allocate needs once its relay sockets are bound or have failed.
final class PendingAllocate {
    final Request request;
    final int lifetimeSeconds;
    final PortRule rule;

    /// True when the port came with a RESERVATION-TOKEN and no other port will do.
    final boolean fixedPort;

    /// The token of the port reserved beside this one, or null.
    final @Nullable ReservationToken token;

    /// The client wants a ticket (RFC 8016 §3.1.2).
    final boolean mobile;

    /// The families that a dual allocation could not have, and why.
    final List<AddressErrorCode> missing = new ArrayList<>();

    PendingAllocate(
            Request request,
            int lifetimeSeconds,
            PortRule rule,
            boolean fixedPort,
            @Nullable ReservationToken token) {
        this.request = request;
        this.lifetimeSeconds = lifetimeSeconds;
        this.rule = rule;
        this.fixedPort = fixedPort;
        this.token = token;
        this.mobile = request.message().has(AttributeType.MOBILITY_TICKET);
    }

    static AddressErrorCode lacking(AddressFamily family, ErrorReason reason) {
        return new AddressErrorCode(family.code(), reason.code(), reason.phrase());
    }

    /// Gives the reserved port back.
    void cancelReservation(SharedState shared, long nowNanos) {
        if (token == null) {
            return;
        }
        SharedState.Reservation reservation =
                shared.claim(request.user().realm().index(), token.token(), nowNanos);
        if (reservation != null) {
            shared.returnPort(reservation.family(), reservation.port(), nowNanos);
        }
    }
}
