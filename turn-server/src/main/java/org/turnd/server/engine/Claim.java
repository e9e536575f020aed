package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunMessage;
import org.turnd.stun.UserHash;

/// Who a request says it is from, before anything is proven. USERNAME or USERHASH is there, or both
/// in agreement.
record Claim(@Nullable String username, @Nullable Octets userHash, String realm, String nonce) {

    /// Returns what the request says, or null when something is missing, malformed or
    /// contradictory: step 4 of RFC 8489 §9.2.4.
    static @Nullable Claim of(StunMessage request) {
        Username name = request.first(Username.class);
        UserHashValue hash = request.first(UserHashValue.class);
        Realm realm = request.first(Realm.class);
        Nonce nonce = request.first(Nonce.class);
        if ((name == null && hash == null)
                || realm == null
                || nonce == null
                || isAnyMalformed(request)) {
            return null;
        }
        String username = name == null ? null : name.value();
        Octets userHash = hash == null ? null : hash.value();
        boolean disagree =
                username != null
                        && userHash != null
                        && !userHash.equals(UserHash.of(username, realm.value()));
        // D-26.
        return disagree ? null : new Claim(username, userHash, realm.value(), nonce.value());
    }

    private static boolean isAnyMalformed(StunMessage request) {
        return request.invalid(AttributeType.USERNAME) != null
                || request.invalid(AttributeType.USERHASH) != null
                || request.invalid(AttributeType.REALM) != null
                || request.invalid(AttributeType.NONCE) != null
                // D-21.
                || request.invalid(AttributeType.MESSAGE_INTEGRITY_SHA256) != null;
    }
}
