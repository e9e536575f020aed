package org.turnd.cli.check;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.NonceCookie;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.UserHash;

/// How a client proves who it is with each request, as the server's last challenge wants it (RFC
/// 8489 §9.2.5).
///
/// @param user USERNAME or USERHASH
/// @param algorithms what the server offers, null for a server before RFC 8489
/// @param chosen the first of them that is known here
record Authentication(
        StunAttribute user,
        String realm,
        String nonce,
        @Nullable PasswordAlgorithms algorithms,
        @Nullable PasswordAlgorithm chosen,
        IntegrityKey key) {
    /// Answers a challenge, a response with 401 or 438.
    static Authentication of(StunMessage challenge, LongTermCredential credential)
            throws TurnFailure {
        var realm = challenge.first(Realm.class);
        var nonce = challenge.first(Nonce.class);
        if (realm == null || nonce == null) {
            throw bad(challenge, "asks for credentials without a REALM and a NONCE");
        }
        int features = NonceCookie.featureBits(nonce.value()).orElse(0);
        var algorithms = challenge.first(PasswordAlgorithms.class);
        if (algorithms == null && NonceCookie.announcesPasswordAlgorithms(features)) {
            // RFC 8489 §9.2.1: to go on would let an attacker choose the weakest.
            throw bad(
                    challenge,
                    "announces password algorithms and names none: somebody in between may have"
                            + " taken PASSWORD-ALGORITHMS out");
        }
        var chosen = algorithms == null ? null : firstKnown(algorithms.algorithms());
        if (algorithms != null && chosen == null) {
            throw bad(challenge, "offers only password algorithms that nobody knows");
        }
        var username = credential.username();
        StunAttribute user =
                NonceCookie.announcesUsernameAnonymity(features)
                        ? new UserHashValue(UserHash.of(username, realm.value()))
                        : new Username(username);
        var key =
                chosen != null && chosen.algorithm() == PasswordAlgorithm.SHA256
                        ? IntegrityKey.sha256(username, realm.value(), credential.password())
                        : IntegrityKey.md5(username, realm.value(), credential.password());
        return new Authentication(user, realm.value(), nonce.value(), algorithms, chosen, key);
    }

    /// Appends all that belongs to a request, FINGERPRINT not included.
    void sign(StunWriter writer, MessageIntegrity mac) {
        writer.put(user);
        writer.put(new Realm(realm));
        writer.put(new Nonce(nonce));
        if (algorithms == null || chosen == null) {
            writer.integrity(mac, key);
            return;
        }
        writer.put(algorithms);
        writer.put(chosen);
        writer.integritySha256(mac, key);
    }

    /// Tells whether a response was made by somebody with the same key.
    boolean isProvenBy(StunView response, MessageIntegrity mac) {
        return algorithms == null
                ? mac.verify(response, key)
                : mac.verifySha256(response, key, MessageIntegrity.SHA256_LENGTH);
    }

    /// Tells whether the password is hashed with SHA-256.
    boolean isSha256() {
        return chosen != null && chosen.algorithm() == PasswordAlgorithm.SHA256;
    }

    /// Tells whether the user's name stays hidden from listeners.
    boolean hidesUser() {
        return user instanceof UserHashValue;
    }

    private static @Nullable PasswordAlgorithm firstKnown(List<PasswordAlgorithm> offered) {
        return offered.stream()
                .filter(algorithm ->
                        algorithm.algorithm() == PasswordAlgorithm.SHA256
                                || algorithm.algorithm() == PasswordAlgorithm.MD5)
                .findFirst()
                .orElse(null);
    }

    private static TurnFailure bad(StunMessage challenge, String why) {
        return new TurnFailure(
                new Failure.BadAnswer("the answer to " + challenge.method().rfcName() + " " + why));
    }
}
