package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunMessage;

/// One request on its way through the control plane.
///
/// @param fingerprint the request had a FINGERPRINT, and so has the answer
/// @param allocation the live allocation of the request's five-tuple
/// @param owner whose connection a ConnectionBind names
/// @param principal null until the request is authenticated, and for Binding
record Request(
        ClientPath client,
        StunMessage message,
        boolean fingerprint,
        @Nullable Allocation allocation,
        @Nullable ConnectionOwner owner,
        @Nullable Principal principal,
        long nowNanos) {

    Request authenticatedAs(Principal user) {
        return new Request(client, message, fingerprint, allocation, owner, user, nowNanos);
    }

    Request naming(@Nullable ConnectionOwner named) {
        return new Request(client, message, fingerprint, allocation, named, principal, nowNanos);
    }

    /// The same request, looked at later.
    Request at(long laterNanos) {
        return new Request(client, message, fingerprint, allocation, owner, principal, laterNanos);
    }

    /// The same request, to be answered over another path.
    Request answeredOver(ClientPath path) {
        return new Request(path, message, fingerprint, allocation, owner, principal, nowNanos);
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
