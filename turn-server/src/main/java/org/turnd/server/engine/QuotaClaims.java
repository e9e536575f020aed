package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.TransportAddress;

/// What a new allocation counts against: its realm, its user and its client's address (F-25, S-09).
final class QuotaClaims {
    private final SharedState shared;

    QuotaClaims(SharedState shared) {
        this.shared = shared;
    }

    /// Counts one more, or says why there may be no more; then nothing is counted.
    Answer.@Nullable Refusal acquire(ServedRealm realm, String username, TransportAddress client) {
        if (!shared.acquireAllocation(realm.index(), username)) {
            return Answer.Refusal.of(ErrorReason.ALLOCATION_QUOTA_REACHED, RefusalCause.USER_QUOTA);
        }
        if (!shared.acquireAllocation(client)) {
            shared.releaseAllocation(realm.index(), username);
            return Answer.Refusal.of(
                    ErrorReason.ALLOCATION_QUOTA_REACHED, RefusalCause.CLIENT_QUOTA);
        }
        // 486 is about a user, and none of the realm's gets more elsewhere.
        if (!shared.acquireAllocation(realm.index())) {
            shared.releaseAllocation(realm.index(), username);
            shared.releaseAllocation(client);
            return Answer.Refusal.of(ErrorReason.INSUFFICIENT_CAPACITY, RefusalCause.REALM_QUOTA);
        }
        return null;
    }

    /// Counts one less.
    void release(ServedRealm realm, String username, TransportAddress client) {
        shared.releaseAllocation(realm.index());
        shared.releaseAllocation(realm.index(), username);
        shared.releaseAllocation(client);
    }
}
