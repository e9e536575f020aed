package org.turnd.server.engine;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunView;

/// The long-term credential mechanism, server side: steps 3 to 8 of one request (RFC 8489 §9.2.4).
final class Authenticator {
    /// What the mechanism says of a request.
    sealed interface Verdict {
        record Granted(Principal principal) implements Verdict {}

        record Refused(Answer.Refusal refusal) implements Verdict {}
    }

    private final String realm;
    private final Credentials credentials;
    private final Nonces nonces;
    private final MessageIntegrity integrity;
    private final IntegrityKey nobody;

    Authenticator(
            EngineSettings settings,
            Credentials credentials,
            MessageIntegrity integrity,
            RandomGenerator random) {
        this.realm = settings.realm();
        this.credentials = credentials;
        this.nonces = new Nonces(random, settings.nonceLifetimeSeconds());
        this.integrity = integrity;
        byte[] unguessable = new byte[16];
        random.nextBytes(unguessable);
        this.nobody = IntegrityKey.ofBytes(unguessable);
    }

    /// Checks who a request is from. `view` shows the same message and is borrowed.
    Verdict check(Request request, StunView view) {
        StunMessage message = request.message();
        // Step 3.
        if (!view.hasMessageIntegrity() && !view.hasMessageIntegritySha256()) {
            return challenge(ErrorReason.UNAUTHENTICATED, RefusalCause.NO_CREDENTIALS, request);
        }
        // Step 4. D-07: this 400 carries nothing else.
        Username username = message.first(Username.class);
        Realm claimedRealm = message.first(Realm.class);
        Nonce nonce = message.first(Nonce.class);
        boolean named = username != null || message.first(UserHashValue.class) != null;
        if (!named || claimedRealm == null || nonce == null || isMalformed(message)) {
            return new Verdict.Refused(
                    Answer.Refusal.of(
                            ErrorReason.BAD_REQUEST, RefusalCause.INCOMPLETE_CREDENTIALS));
        }
        // Steps 6 and 7.
        Verdict verdict = identify(request, view, username, claimedRealm);
        // Step 8, after the MAC (D-11, W-04).
        return verdict instanceof Verdict.Granted
                        && !nonces.isFresh(nonce.value(), request.client(), request.nowNanos())
                ? challenge(ErrorReason.STALE_NONCE, RefusalCause.STALE_NONCE, request)
                : verdict;
    }

    private Verdict identify(
            Request request, StunView view, @Nullable Username username, Realm claimedRealm) {
        boolean sha256 = view.hasMessageIntegritySha256();
        // D-37: a user of another realm is an unknown user.
        boolean isOurRealm = claimedRealm.value().equals(realm);
        boolean known = false;
        if (username != null && isOurRealm) {
            String name = username.value();
            // E-04: an allocation goes on with the key it began with, also when a time-limited
            // credential has run out meanwhile.
            Allocation allocation = request.allocation();
            if (allocation != null && allocation.username.equals(name)) {
                known = true;
                if (verify(view, allocation.key, sha256)) {
                    return new Verdict.Granted(new Principal(name, allocation.key, sha256));
                }
            }
            for (int candidate = 0; candidate < credentials.candidates(); candidate++) {
                IntegrityKey key = credentials.find(name, realm, candidate);
                if (key != null) {
                    known = true;
                    if (verify(view, key, sha256)) {
                        return new Verdict.Granted(new Principal(name, key, sha256));
                    }
                }
            }
        }
        if (!known) {
            // D-36: an unknown user costs a MAC, too.
            boolean ignored = verify(view, nobody, sha256);
        }
        RefusalCause unknown = isOurRealm ? RefusalCause.UNKNOWN_USER : RefusalCause.WRONG_REALM;
        return challenge(
                ErrorReason.UNAUTHENTICATED,
                known ? RefusalCause.WRONG_PASSWORD : unknown,
                request);
    }

    private boolean verify(StunView view, IntegrityKey key, boolean sha256) {
        // D-20: MESSAGE-INTEGRITY-SHA256 decides when both are there.
        return sha256 ? integrity.verifySha256(view, key) : integrity.verify(view, key);
    }

    private Verdict challenge(ErrorReason reason, RefusalCause cause, Request request) {
        return new Verdict.Refused(
                Answer.Refusal.of(
                        reason,
                        cause,
                        new Realm(realm),
                        new Nonce(nonces.issue(request.client(), request.nowNanos()))));
    }

    private static boolean isMalformed(StunMessage message) {
        return message.invalid(AttributeType.USERNAME) != null
                || message.invalid(AttributeType.USERHASH) != null
                || message.invalid(AttributeType.REALM) != null
                || message.invalid(AttributeType.NONCE) != null
                // D-21.
                || message.invalid(AttributeType.MESSAGE_INTEGRITY_SHA256) != null;
    }
}
