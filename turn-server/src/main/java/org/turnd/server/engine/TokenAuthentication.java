package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute.AccessToken;
import org.turnd.stun.StunAttribute.ThirdPartyAuthorization;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;

/// Third-party authorization, server side (RFC 7635): a token tells the key that a request is
/// signed with, in place of steps 6 and 7 of the long-term credential mechanism.
final class TokenAuthentication {
    /// What became of a token.
    sealed interface Outcome {
        record Granted(Principal principal) implements Outcome {}

        record Refused(RefusalCause cause) implements Outcome {}
    }

    private final ServedRealm realm;
    private final AccessTokens tokens;
    private final MessageIntegrity integrity;
    private final ThirdPartyAuthorization offer;

    TokenAuthentication(ServedRealm realm, AccessTokens tokens, MessageIntegrity integrity) {
        this.realm = realm;
        this.tokens = tokens;
        this.integrity = integrity;
        this.offer = new ThirdPartyAuthorization(tokens.serverName());
    }

    /// What goes with every challenge. O-01.
    ThirdPartyAuthorization offer() {
        return offer;
    }

    /// Says whether a request carries a token where one is expected.
    static boolean isExpectedIn(StunMessage request) {
        return expectedIn(request) != null;
    }

    /// Returns the token of a request that one is expected in, or null. O-08 (RFC 7635 §9): the
    /// others are signed with the session key of the allocation.
    static @Nullable AccessToken expectedIn(StunMessage request) {
        StunMethod method = request.method();
        return method == StunMethod.ALLOCATE || method == StunMethod.REFRESH
                ? request.first(AccessToken.class)
                : null;
    }

    /// Checks a request by the token that it carries (RFC 7635 §7).
    Outcome check(Request request, StunView view, Claim claim, AccessToken token) {
        String keyId = claim.username();
        if (keyId == null) {
            // A USERHASH doesn't tell the kid.
            return new Outcome.Refused(RefusalCause.UNKNOWN_KEY_ID);
        }
        return switch (tokens.open(keyId, token.value())) {
            case AccessTokens.Bad(RefusalCause cause) -> new Outcome.Refused(cause);
            case AccessTokens.Good good -> {
                IntegrityKey key = keyOf(view, good);
                yield key == null
                        ? new Outcome.Refused(RefusalCause.WRONG_PASSWORD)
                        : new Outcome.Granted(
                                Principal.of(
                                        realm,
                                        keyId,
                                        good,
                                        key,
                                        view.hasMessageIntegritySha256(),
                                        request.nowNanos()));
            }
        };
    }

    /// Who made the allocation that a request is about with a token, where the request is from the
    /// same client and in time; otherwise null.
    @Nullable Principal ownerOf(Request request, StunView view, Claim claim) {
        Principal owner = request.owning();
        AccessTokens.Good token = owner == null ? null : owner.token();
        if (owner == null || token == null) {
            return null;
        }
        if (!owner.username().equals(claim.username())
                || owner.secondsLeft(request.nowNanos()) <= 0) {
            return null;
        }
        IntegrityKey key = keyOf(view, token);
        return key == null ? null : owner.signing(key, view.hasMessageIntegritySha256());
    }

    /// Returns the key out of a token that the message is signed with, or null. O-05.
    private @Nullable IntegrityKey keyOf(StunView view, AccessTokens.Good token) {
        if (view.hasMessageIntegritySha256()) {
            return integrity.verifySha256(view, token.sha256Key()) ? token.sha256Key() : null;
        }
        for (IntegrityKey key : token.sha1Keys()) {
            if (integrity.verify(view, key)) {
                return key;
            }
        }
        return null;
    }
}
