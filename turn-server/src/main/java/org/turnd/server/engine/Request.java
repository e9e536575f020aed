package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunMessage;

/// One request on its way through the control plane.
///
/// @param fingerprint the request had a FINGERPRINT, and so has the answer
/// @param allocation the live allocation of the request's five-tuple
/// @param owner whose connection a ConnectionBind names
/// @param principal null until the request is authenticated, and for Binding
/// @param nowNanos when it is looked at
/// @param arrivedNanos when it came; earlier, where it has waited
/// @param waitedNanos how long it waited until it was known who its user is; 0 when it didn't
/// @param realm its client's; empty where that doesn't matter
record Request(
        ClientPath client,
        StunMessage message,
        boolean fingerprint,
        @Nullable Allocation allocation,
        @Nullable ConnectionOwner owner,
        @Nullable Principal principal,
        long nowNanos,
        long arrivedNanos,
        long waitedNanos,
        String realm) {

    /// A request that is looked at as it comes.
    Request(
            ClientPath client,
            StunMessage message,
            boolean fingerprint,
            @Nullable Allocation allocation,
            @Nullable ConnectionOwner owner,
            @Nullable Principal principal,
            long nowNanos) {
        this(client, message, fingerprint, allocation, owner, principal, nowNanos, nowNanos, 0, "");
    }

    Request authenticatedAs(Principal user) {
        return with(client, owner, user, nowNanos);
    }

    Request naming(@Nullable ConnectionOwner named) {
        return with(client, named, principal, nowNanos);
    }

    /// The same request, looked at later.
    Request at(long laterNanos) {
        return with(client, owner, principal, laterNanos);
    }

    /// The same request, to be answered over another path.
    Request answeredOver(ClientPath path) {
        return with(path, owner, principal, nowNanos);
    }

    private Request with(
            ClientPath path,
            @Nullable ConnectionOwner named,
            @Nullable Principal user,
            long laterNanos) {
        return new Request(
                path,
                message,
                fingerprint,
                allocation,
                named,
                user,
                laterNanos,
                arrivedNanos,
                waitedNanos,
                realm);
    }

    /// Who made the allocation that the request is about, or whose connection it names; null when
    /// that user is a stranger by now.
    @Nullable Principal owning() {
        if (allocation != null) {
            return allocation.disowned ? null : allocation.owner;
        }
        return owner == null ? null : owner.principal();
    }

    /// The user of a request that has passed the [Authenticator].
    Principal user() {
        if (principal == null) {
            throw new IllegalStateException("request isn't authenticated");
        }
        return principal;
    }
}
