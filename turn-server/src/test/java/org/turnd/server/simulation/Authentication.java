package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.server.engine.Transport;
import org.turnd.stun.AttributeType;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.NonceCookie;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunView;
import org.turnd.stun.TransportAddress;

/// Who may do what, judged by RFC 8489 §9.2.4 alone: the users' keys, and every nonce the server
/// was seen to issue.
final class Authentication implements Credentials {
    static final String REALM = "simulation";

    /// What comes with every nonce, and must come back as it is.
    static final PasswordAlgorithms OFFERED =
            new PasswordAlgorithms(
                    List.of(
                            new PasswordAlgorithm(PasswordAlgorithm.SHA256),
                            new PasswordAlgorithm(PasswordAlgorithm.MD5)));

    /// What a request deserves.
    enum Verdict {
        NO_CREDENTIALS,
        INCOMPLETE,
        WRONG,
        STALE,
        /// The nonce is so near its end that either is right.
        STALE_OR_GOOD,
        GOOD
    }

    private record Issued(Transport transport, TransportAddress client, long nanos) {}

    private final Map<String, String> passwords = new LinkedHashMap<>();
    private final Map<String, Issued> nonces = new HashMap<>();
    private final MessageIntegrity integrity = new MessageIntegrity();
    private final long nonceNanos;

    Authentication(ScenarioSettings settings) {
        nonceNanos = settings.nonceLifetimeSeconds() * VirtualNetwork.SECONDS;
        for (int i = 0; i < settings.users(); i++) {
            passwords.put(username(i), password(i));
        }
    }

    static String username(int user) {
        return "user" + user;
    }

    static String password(int user) {
        return "password" + user;
    }

    @Override
    public int candidates() {
        return 1;
    }

    @Override
    public @Nullable Credential find(
            String username, String realm, KeyAlgorithm algorithm, int candidate) {
        String password = passwords.get(username);
        return password == null || !realm.equals(REALM)
                ? null
                : new Credential(algorithm.key(username, realm, password));
    }

    /// Returns the key that a request of one of the users must be signed with, or null when there
    /// is none.
    @Nullable IntegrityKey keyFor(StunMessage request) {
        String username = ControlRules.username(request);
        String password = passwords.get(username);
        PasswordAlgorithm chosen = request.first(PasswordAlgorithm.class);
        if (password == null) {
            return null;
        }
        return chosen != null && chosen.algorithm() == PasswordAlgorithm.SHA256
                ? IntegrityKey.sha256(username, REALM, password)
                : IntegrityKey.md5(username, REALM, password);
    }

    Verdict judge(StunMessage request, StunView view, FiveTuple from, long nowNanos) {
        if (!view.hasMessageIntegrity() && !view.hasMessageIntegritySha256()) {
            return Verdict.NO_CREDENTIALS;
        }
        StunAttribute.Username username = request.first(StunAttribute.Username.class);
        StunAttribute.Realm realm = request.first(StunAttribute.Realm.class);
        StunAttribute.Nonce nonce = request.first(StunAttribute.Nonce.class);
        boolean hasHash = request.first(StunAttribute.UserHashValue.class) != null;
        if ((username == null && !hasHash)
                || realm == null
                || nonce == null
                || request.invalid(AttributeType.USERNAME) != null
                || request.invalid(AttributeType.USERHASH) != null
                || request.invalid(AttributeType.MESSAGE_INTEGRITY_SHA256) != null) {
            return Verdict.INCOMPLETE;
        }
        if (contradicts(request, nonce.value())) {
            return Verdict.INCOMPLETE;
        }
        IntegrityKey key = realm.value().equals(REALM) ? keyFor(request) : null;
        if (key == null || !verifies(view, key)) {
            return Verdict.WRONG;
        }
        return judgeNonce(nonce.value(), from, nowNanos);
    }

    /// D-16, D-17: what comes back isn't what was sent.
    private static boolean contradicts(StunMessage request, String nonce) {
        boolean lists = request.has(AttributeType.PASSWORD_ALGORITHMS);
        boolean chooses = request.has(AttributeType.PASSWORD_ALGORITHM);
        PasswordAlgorithm chosen = request.first(PasswordAlgorithm.class);
        PasswordAlgorithms listed = request.first(PasswordAlgorithms.class);
        if ((lists && listed == null) || (chooses && chosen == null)) {
            return true;
        }
        if (chosen != null && !OFFERED.algorithms().contains(chosen)) {
            return true;
        }
        int bits = NonceCookie.featureBits(nonce).orElse(0);
        return NonceCookie.announcesPasswordAlgorithms(bits)
                && (lists || chooses)
                && !(chooses && OFFERED.equals(listed));
    }

    /// D-05: no nonce goes to two sources.
    void issued(String nonce, FiveTuple to, long nowNanos) {
        Issued known = nonces.putIfAbsent(nonce, new Issued(to.transport(), to.client(), nowNanos));
        check(
                known == null || known.client.equals(to.client()),
                "D-05: nonce issued to %s again",
                to);
    }

    /// Says whether the answer's integrity is of the kind that the request deserves, and right
    /// (D-15, D-19).
    boolean isSignedLike(StunView request, StunView answer, IntegrityKey key) {
        boolean sha256 =
                request.find(AttributeType.PASSWORD_ALGORITHM) >= 0
                        || request.find(AttributeType.PASSWORD_ALGORITHMS) >= 0;
        return answer.hasMessageIntegritySha256() == sha256
                && answer.hasMessageIntegrity() != sha256
                && verifies(answer, key);
    }

    private boolean verifies(StunView message, IntegrityKey key) {
        return message.hasMessageIntegritySha256()
                ? integrity.verifySha256(message, key)
                : integrity.verify(message, key);
    }

    private Verdict judgeNonce(String nonce, FiveTuple from, long nowNanos) {
        Issued issued = nonces.get(nonce);
        if (issued == null
                || issued.transport != from.transport()
                || !issued.client.equals(from.client())) {
            return Verdict.STALE;
        }
        // Nonces tell time in seconds.
        long age = nowNanos - issued.nanos;
        if (age > nonceNanos + VirtualNetwork.SECONDS) {
            return Verdict.STALE;
        }
        return age > nonceNanos - VirtualNetwork.SECONDS ? Verdict.STALE_OR_GOOD : Verdict.GOOD;
    }
}
