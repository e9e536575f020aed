package org.turnd.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.server.auth.Revocations;
import org.turnd.server.auth.SecretFingerprint;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.engine.AllocationId;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.server.engine.Session;
import org.turnd.server.net.ShardSessions;
import org.turnd.stun.RestCredentials;

/// What an operator sees of a running server's sessions, users and secrets, and does to them.
///
/// Methods are safe on every thread and don't wait. Futures complete on a thread that is no event
/// loop, and exceptionally when the server is being closed.
public final class Oversight {
    private final Supplier<ServerSettings> settings;
    private final ShardSessions sessions;
    private final Revocations revocations;

    /// @param settings those that are in force
    Oversight(Supplier<ServerSettings> settings, ShardSessions sessions, Revocations revocations) {
        this.settings = settings;
        this.sessions = sessions;
        this.revocations = revocations;
    }

    static UnaryOperator<String> userIds(ServerSettings.Auth auth) {
        return username -> RestCredentials.userId(username, auth.separator());
    }

    /// Lists the sessions that the condition holds for. No loop is kept from relaying meanwhile, so
    /// it isn't one moment that the list shows.
    ///
    /// @param wanted called on event loops; must not block
    /// @param max sessions to return at most
    public CompletableFuture<ShardSessions.Listing> sessions(Predicate<Session> wanted, int max) {
        return sessions.list(wanted, max);
    }

    /// Shows one session; completes with null when there is none of this name.
    public CompletableFuture<Session.@Nullable Details> session(AllocationId id) {
        return sessions.show(id);
    }

    /// Ends one session. Its client learns it from the answer to its next request.
    ///
    /// @return whether there was one of this name
    public CompletableFuture<Boolean> end(AllocationId id) {
        return sessions.end(id, EndReason.ENDED_BY_OPERATOR).thenApply(ended -> ended > 0);
    }

    /// The realm of clients that no other realm claims.
    private String defaultRealm() {
        return settings.get().realm();
    }

    /// As [#revokeUser(String, String)], in the default realm.
    public CompletableFuture<Integer> revokeUser(String name) {
        return revokeUser(defaultRealm(), name);
    }

    /// Serves a user of a realm no more, until [#restoreUser] or the end of the process: who has
    /// exactly this name, and whose time-limited name has this user id. Sessions end now.
    ///
    /// @return how many sessions ended
    /// @throws IllegalStateException when [Revocations#USERS_MAX] are revoked already
    public CompletableFuture<Integer> revokeUser(String realm, String name) {
        if (!revocations.revokeUser(realm, name)) {
            throw new IllegalStateException(
                    "at most " + Revocations.USERS_MAX + " users can be revoked at once");
        }
        return sessions.endAll(
                seen ->
                        seen.realm().equals(realm)
                                && revocations.isUserRevoked(realm, seen.username()),
                EndReason.REVOKED);
    }

    /// As [#restoreUser(String, String)], in the default realm.
    public boolean restoreUser(String name) {
        return restoreUser(defaultRealm(), name);
    }

    /// Serves a revoked user of a realm again.
    ///
    /// @return false when the user wasn't revoked
    public boolean restoreUser(String realm, String name) {
        return revocations.restoreUser(realm, name);
    }

    /// Says whether a user of the default realm with this name or user id is not served.
    public boolean isRevoked(String name) {
        return revocations.isUserRevoked(defaultRealm(), name);
    }

    /// The revoked users of the default realm, sorted.
    public Set<String> revokedUsers() {
        return revokedUsers(defaultRealm());
    }

    /// The revoked users of a realm, sorted.
    public Set<String> revokedUsers(String realm) {
        return revocations.users(realm);
    }

    /// The secrets of the settings, in their order, and then those of the other realms.
    public List<SecretStatus> secrets() {
        ServerSettings now = settings.get();
        return Stream.concat(
                        now.auth().secrets().stream(),
                        now.realms().stream().flatMap(realm -> realm.secrets().stream()))
                .distinct()
                .map(SecretFingerprint::of)
                .map(name -> new SecretStatus(name, revocations.isSecretRevoked(name)))
                .toList();
    }

    /// Says whether credentials made with the secret of this fingerprint are refused.
    public boolean isSecretRevoked(String fingerprint) {
        return revocations.isSecretRevoked(fingerprint);
    }

    /// Serves nobody whose credential was made with this secret, until [#restoreSecret] or the end
    /// of the process. Sessions end now.
    ///
    /// @param fingerprint of one of [#secrets]
    /// @return how many sessions ended
    /// @throws IllegalStateException when [Revocations#SECRETS_MAX] are revoked already
    public CompletableFuture<Integer> revokeSecret(String fingerprint) {
        if (!revocations.revokeSecret(fingerprint)) {
            throw new IllegalStateException(
                    "at most " + Revocations.SECRETS_MAX + " secrets can be revoked at once");
        }
        return sessions.endAll(
                seen -> revocations.isSecretRevoked(seen.source()), EndReason.REVOKED);
    }

    /// Serves credentials made with a revoked secret again.
    ///
    /// @return false when the secret wasn't revoked
    public boolean restoreSecret(String fingerprint) {
        return revocations.restoreSecret(fingerprint);
    }

    /// A secret of time-limited credentials.
    ///
    /// @param fingerprint tells it apart without saying it
    public record SecretStatus(String fingerprint, boolean isRevoked) {}
}
