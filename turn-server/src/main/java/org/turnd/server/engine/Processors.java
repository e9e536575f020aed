package org.turnd.server.engine;

import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunMethod;

/// One processor a method, for requests that ask for credentials: steps 10 and 11 of the processing
/// order.
final class Processors {
    private final AllocateProcessor allocate;
    private final RefreshProcessor refresh;
    private final Mobility mobility;
    private final PermissionProcessor permission;
    private final ConnectProcessor connect;

    Processors(
            AllocateProcessor allocate,
            RefreshProcessor refresh,
            Mobility mobility,
            PermissionProcessor permission,
            ConnectProcessor connect) {
        this.allocate = allocate;
        this.refresh = refresh;
        this.mobility = mobility;
        this.permission = permission;
        this.connect = connect;
    }

    /// Carries out an authenticated request.
    Answer process(Request request) {
        StunMethod method = request.message().method();
        if (method == StunMethod.ALLOCATE) {
            return allocate.process(request);
        }
        if (method == StunMethod.CONNECTION_BIND) {
            return connect.bind(request);
        }
        MobilityTicket ticket = Mobility.ticketIn(request.message());
        if (ticket != null) {
            return mobility.refresh(request, ticket);
        }
        Allocation allocation = request.allocation();
        // G-01, L-04.
        if (allocation == null || allocation.pending != null) {
            return Answer.Refusal.of(ErrorReason.ALLOCATION_MISMATCH, RefusalCause.NO_ALLOCATION);
        }
        // D-32.
        if (!allocation.owner.isSameUser(request.user()) && !isRenewal(request, allocation)) {
            return Answer.Refusal.of(ErrorReason.WRONG_CREDENTIALS, RefusalCause.WRONG_USER);
        }
        return switch (method) {
            case REFRESH -> refresh.process(request, allocation);
            case CREATE_PERMISSION -> permission.createPermission(request, allocation);
            case CHANNEL_BIND -> permission.channelBind(request, allocation);
            case CONNECT -> connect.connect(request, allocation);
            case BINDING,
                    ALLOCATE,
                    SEND,
                    DATA,
                    SHARED_SECRET,
                    CONNECTION_BIND,
                    CONNECTION_ATTEMPT,
                    GOOG_PING ->
                    throw new IllegalStateException(method + " was dispatched before");
        };
    }

    // O-06 (RFC 7635 §9): a new token, also of a new key, may refresh what an old one has made.
    private static boolean isRenewal(Request request, Allocation allocation) {
        return request.message().method() == StunMethod.REFRESH
                && allocation.owner.token() != null
                && request.user().token() != null;
    }
}
