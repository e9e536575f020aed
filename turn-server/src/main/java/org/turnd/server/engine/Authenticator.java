package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AccessToken;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunView;

/// The long-term credential mechanism, server side: steps 3 to 8 of one request (RFC 8489 §9.2.4).
final class Authenticator {
    /// What the mechanism says of a request.
    sealed interface Verdict {
        record Granted(Principal principal) implements Verdict {}

        record Refused(Answer.Refusal refusal) implements Verdict {}

        /// Whoever it is has failed too often, and gets no answer for now (S-14).
        record Ignored() implements Verdict {}

        /// Its user must be asked for.
        record Asking(UserQuery query) implements Verdict {}

        /// Nobody can tell now whether there is such a user.
        record Untold() implements Verdict {}
    }

    private final ServedRealm realm;
    private final SharedState shared;
    private final MessageIntegrity integrity;
    private final IntegrityKey nobody;
    private final FailedLogins logins;
    private SecurityFeatures features;
    private @Nullable PasswordAlgorithms passwordAlgorithms;
    private Credentials credentials;
    private Nonces nonces;
    private @Nullable TokenAuthentication tokens;
    private @Nullable RemoteUsers remote;

    /// @param realm whose users these are
    /// @param logins who has failed to log in, in all realms
    /// @param nobody a key that nobody has
    Authenticator(
            ServedRealm realm,
            EngineSettings settings,
            SharedState shared,
            Credentials credentials,
            MessageIntegrity integrity,
            FailedLogins logins,
            IntegrityKey nobody) {
        this.realm = realm;
        this.shared = shared;
        this.integrity = integrity;
        this.logins = logins;
        this.nobody = nobody;
        use(settings, credentials);
    }

    /// Goes by other settings and users from now on. Nonces that are out stay good where what was
    /// offered with them still is.
    void use(EngineSettings settings, Credentials users) {
        features = settings.features();
        passwordAlgorithms = features.attribute();
        credentials = users;
        nonces =
                new Nonces(
                        shared.nonceSecret(),
                        settings.nonceLifetimeSeconds(),
                        features,
                        realm.name());
        remote = users.remote();
        AccessTokens accessTokens = users.accessTokens();
        tokens =
                accessTokens == null
                        ? null
                        : new TokenAuthentication(realm, accessTokens, integrity);
    }

    ServedRealm realm() {
        return realm;
    }

    /// Says whether who made an allocation is still a user, with the same key.
    boolean vouchesFor(Principal owner) {
        if (owner.token() == null) {
            return (remote != null && remote.isSource(owner.source()))
                    || credentials.vouchesFor(
                            owner.username(), realm.name(), owner.algorithm(), owner.key());
        }
        AccessTokens accessTokens = credentials.accessTokens();
        return accessTokens != null && accessTokens.vouchesFor(owner.username());
    }

    /// Checks who a request is from. `view` shows the same message and is borrowed.
    ///
    /// @param answer what was said when the request's user was asked for, null when it wasn't
    Verdict check(Request request, StunView view, @Nullable UserAnswer answer) {
        // Step 3.
        if (!view.hasMessageIntegrity() && !view.hasMessageIntegritySha256()) {
            return challenge(ErrorReason.UNAUTHENTICATED, RefusalCause.NO_CREDENTIALS, request);
        }
        // Step 4.
        Claim claim = Claim.of(request.message());
        if (claim == null) {
            return refuseBarely(RefusalCause.INCOMPLETE_CREDENTIALS);
        }
        // Step 5.
        KeyAlgorithm algorithm = features.keyAlgorithm(request.message(), claim.nonce());
        if (algorithm == null) {
            return refuseBarely(RefusalCause.PASSWORD_ALGORITHM);
        }
        // Many clients share a kid, and nobody guesses a token: those tries aren't counted.
        boolean byToken = tokens != null && TokenAuthentication.isExpectedIn(request.message());
        if (!byToken && logins.isShut(realm, request, claim)) {
            return new Verdict.Ignored();
        }
        // Steps 6 and 7.
        Verdict verdict =
                tokens == null
                        ? identify(request, view, claim, algorithm, answer)
                        : identifyByToken(request, view, claim, algorithm, answer, tokens);
        // Step 8, after the MAC (D-11, W-04).
        if (verdict instanceof Verdict.Granted(Principal principal)) {
            return isFresh(claim.nonce(), request, principal)
                    ? verdict
                    : challenge(ErrorReason.STALE_NONCE, RefusalCause.STALE_NONCE, request);
        }
        if (!(verdict instanceof Verdict.Refused)) {
            return verdict;
        }
        boolean isFresh = nonces.isFresh(claim.nonce(), request.client(), request.nowNanos());
        // Nobody is asked for on behalf of who hasn't got the nonce. All of these are told the
        // same, or the answer would tell which names have been asked for lately.
        if (remote != null && !isFresh) {
            return challenge(ErrorReason.STALE_NONCE, RefusalCause.STALE_NONCE, request);
        }
        // Only who got the nonce has tried: nobody can lock another source out.
        if (!byToken && isFresh) {
            logins.count(realm, request, claim);
        }
        // O-02 (RFC 7635 §7): who comes with a token can't be known here, and is told why.
        return tokens == null && request.message().has(AttributeType.ACCESS_TOKEN)
                ? new Verdict.Refused(
                        UnderstoodAttributes.refusal(List.of(AttributeType.ACCESS_TOKEN)))
                : verdict;
    }

    private boolean isFresh(String nonce, Request request, Principal principal) {
        ClientPath client = request.client();
        long nowNanos = request.nowNanos();
        if (nonces.isFresh(nonce, client, nowNanos)) {
            return true;
        }
        // W-14: a data connection may begin with the nonce of its control connection.
        ConnectionOwner owner = request.owner();
        return owner != null
                && owner.username().equals(principal.username())
                && owner.isAtHostOf(client)
                && nonces.isFresh(nonce, owner.control(), nowNanos);
    }

    /// By token where there is one, or was one when the allocation was made; else by password.
    private Verdict identifyByToken(
            Request request,
            StunView view,
            Claim claim,
            KeyAlgorithm algorithm,
            @Nullable UserAnswer answer,
            TokenAuthentication byToken) {
        AccessToken token = TokenAuthentication.expectedIn(request.message());
        if (!claim.realm().equals(realm.name())) {
            return identify(request, view, claim, algorithm, answer);
        }
        if (token == null) {
            Principal owner = byToken.ownerOf(request, view, claim);
            return owner == null
                    ? identify(request, view, claim, algorithm, answer)
                    : new Verdict.Granted(owner);
        }
        return switch (byToken.check(request, view, claim, token)) {
            case TokenAuthentication.Outcome.Granted(Principal principal) ->
                    new Verdict.Granted(principal);
            case TokenAuthentication.Outcome.Refused(RefusalCause cause) ->
                    challenge(ErrorReason.UNAUTHENTICATED, cause, request);
        };
    }

    private Verdict identify(
            Request request,
            StunView view,
            Claim claim,
            KeyAlgorithm algorithm,
            @Nullable UserAnswer answer) {
        // D-37: a user of another realm is an unknown user.
        boolean isOurRealm = claim.realm().equals(realm.name());
        boolean mayBeKnown = isOurRealm && features.offers(algorithm);
        String username = mayBeKnown ? usernameOf(claim) : null;
        Principal owner = username == null ? null : ownerOf(request, username, algorithm);
        boolean isKnown = owner != null;
        // E-04: an allocation goes on with the key it began with, also when a time-limited
        // credential has run out meanwhile, or nobody can be asked.
        if (owner != null && verify(view, owner.key())) {
            boolean sha256 = SecurityFeatures.isNegotiated(request.message());
            return new Verdict.Granted(owner.signing(sha256));
        }
        boolean isKnownHere = false;
        for (int i = 0; username != null && i < credentials.candidates(); i++) {
            Credential credential = credentials.find(username, realm.name(), algorithm, i);
            if (credential != null) {
                isKnownHere = true;
                if (verify(view, credential.key())) {
                    return granted(request, username, credential, algorithm);
                }
            }
        }
        UserQuery query = mayBeKnown && !isKnownHere ? query(claim, username) : null;
        if (query == null || remote == null) {
            return refuse(request, view, username, isKnown || isKnownHere, isOurRealm);
        }
        UserAnswer told = answer != null ? answer : recall(remote, query, request, claim);
        return told == null
                ? new Verdict.Asking(query)
                : identify(request, view, username, told, isKnown, algorithm);
    }

    /// By what was said of the user elsewhere.
    ///
    /// @param username null when only its hash is known
    /// @param isKnown whether the user is known from before
    private Verdict identify(
            Request request,
            StunView view,
            @Nullable String username,
            UserAnswer answer,
            boolean isKnown,
            KeyAlgorithm algorithm) {
        return switch (answer) {
            case UserAnswer.Unavailable u -> new Verdict.Untold();
            case UserAnswer.Unknown u -> refuse(request, view, username, isKnown, true);
            case UserAnswer.Known known when credentials.isRevoked(known.username()) ->
                    refuse(request, view, known.username(), false, true);
            case UserAnswer.Known known -> {
                for (Credential credential : known.made(algorithm)) {
                    if (verify(view, credential.key())) {
                        yield granted(request, known.username(), credential, algorithm);
                    }
                }
                boolean tried = isKnown || !known.made(algorithm).isEmpty();
                yield refuse(request, view, known.username(), tried, true);
            }
        };
    }

    private Verdict granted(
            Request request, String username, Credential credential, KeyAlgorithm algorithm) {
        boolean sha256 = SecurityFeatures.isNegotiated(request.message());
        return new Verdict.Granted(
                Principal.of(realm, username, credential, algorithm, sha256, request.nowNanos()));
    }

    private Verdict refuse(
            Request request,
            StunView view,
            @Nullable String username,
            boolean isKnown,
            boolean isOurRealm) {
        if (!isKnown) {
            // D-36: an unknown user costs a MAC, too.
            boolean ignored = verify(view, nobody);
        }
        RefusalCause cause = isKnown ? RefusalCause.WRONG_PASSWORD : unknown(username, isOurRealm);
        return challenge(ErrorReason.UNAUTHENTICATED, cause, request);
    }

    private RefusalCause unknown(@Nullable String username, boolean isOurRealm) {
        if (!isOurRealm) {
            return RefusalCause.WRONG_REALM;
        }
        return username != null && credentials.isRevoked(username)
                ? RefusalCause.REVOKED
                : RefusalCause.UNKNOWN_USER;
    }

    /// Returns whom to ask for, or null where that's of no use.
    private @Nullable UserQuery query(Claim claim, @Nullable String username) {
        if (username != null) {
            return credentials.isRevoked(username)
                    ? null
                    : UserQuery.byName(username, realm.name());
        }
        Octets hash = features.usernameAnonymity() ? claim.userHash() : null;
        return hash == null ? null : UserQuery.byHash(hash, realm.name());
    }

    /// Returns what is known already, null when it is worth asking. Who hasn't got the nonce is
    /// nobody: a stranger must not be able to have anything asked.
    private @Nullable UserAnswer recall(
            RemoteUsers users, UserQuery query, Request request, Claim claim) {
        UserAnswer known = users.recall(query);
        boolean mayAsk =
                known == null
                        && nonces.isFresh(claim.nonce(), request.client(), request.nowNanos());
        return known != null || mayAsk ? known : new UserAnswer.Unknown();
    }

    // D-26: USERNAME where both are there; a Claim has seen that they agree.
    private @Nullable String usernameOf(Claim claim) {
        if (claim.username() != null) {
            return claim.username();
        }
        // D-25.
        return claim.userHash() != null && features.usernameAnonymity()
                ? credentials.usernameOf(claim.userHash(), realm.name())
                : null;
    }

    /// Who made the allocation that a request is about (L-13: or its peer's connection), where the
    /// request is from the same user, with a key of the same kind, and in time.
    private static @Nullable Principal ownerOf(
            Request request, String username, KeyAlgorithm algorithm) {
        Principal owner = request.owning();
        if (owner == null) {
            return null;
        }
        boolean isSame =
                owner.token() == null
                        && owner.username().equals(username)
                        && owner.algorithm() == algorithm;
        return isSame && owner.secondsLeft(request.nowNanos()) > 0 ? owner : null;
    }

    private boolean verify(StunView view, IntegrityKey key) {
        // D-20: MESSAGE-INTEGRITY-SHA256 decides when both are there.
        return view.hasMessageIntegritySha256()
                ? integrity.verifySha256(view, key)
                : integrity.verify(view, key);
    }

    private Verdict challenge(ErrorReason reason, RefusalCause cause, Request request) {
        List<StunAttribute> attributes = new ArrayList<>();
        attributes.add(new Realm(realm.name()));
        attributes.add(new Nonce(nonces.issue(request.client(), request.nowNanos())));
        // D-14, W-06.
        if (passwordAlgorithms != null) {
            attributes.add(passwordAlgorithms);
        }
        // W-12: a client takes the way that it knows.
        if (tokens != null) {
            attributes.add(tokens.offer());
        }
        return new Verdict.Refused(new Answer.Refusal(reason, cause, attributes));
    }

    // D-07: this 400 carries nothing else.
    private static Verdict refuseBarely(RefusalCause cause) {
        return new Verdict.Refused(Answer.Refusal.of(ErrorReason.BAD_REQUEST, cause));
    }
}
