package org.turnd.server.auth;

import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.AccessTokens;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.server.engine.RefusalCause;
import org.turnd.server.engine.RemoteUsers;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.Octets;

/// A source of users without those that an operator has revoked. Safe on every thread where the
/// source is.
public final class RevocableCredentials implements Credentials {
    private final Credentials source;
    private final String ofRealm;
    private final Revocations revocations;

    /// @param source everybody
    /// @param realm whose users they are
    public RevocableCredentials(Credentials source, String realm, Revocations revocations) {
        this.source = source;
        this.ofRealm = realm;
        this.revocations = revocations;
    }

    @Override
    public int candidates() {
        return source.candidates();
    }

    @Override
    public @Nullable Credential find(
            String username, String realm, KeyAlgorithm algorithm, int candidate) {
        if (revocations.isUserRevoked(ofRealm, username)) {
            return null;
        }
        Credential credential = source.find(username, realm, algorithm, candidate);
        return credential == null || revocations.isSecretRevoked(credential.source())
                ? null
                : credential;
    }

    @Override
    public @Nullable String usernameOf(Octets userHash, String realm) {
        return source.usernameOf(userHash, realm);
    }

    /// With those that are revoked: who asks looks at [#isRevoked].
    @Override
    public @Nullable RemoteUsers remote() {
        return source.remote();
    }

    @Override
    public Credentials answering(RemoteUsers.Replies replies) {
        return new RevocableCredentials(source.answering(replies), ofRealm, revocations);
    }

    @Override
    public boolean vouchesFor(
            String username, String realm, KeyAlgorithm algorithm, IntegrityKey key) {
        return source.vouchesFor(username, realm, algorithm, key);
    }

    @Override
    public boolean isRevoked(String username) {
        return revocations.isUserRevoked(ofRealm, username);
    }

    @Override
    public @Nullable AccessTokens accessTokens() {
        AccessTokens tokens = source.accessTokens();
        return tokens == null ? null : new RevocableTokens(tokens, ofRealm, revocations);
    }

    private record RevocableTokens(AccessTokens tokens, String realm, Revocations revocations)
            implements AccessTokens {
        @Override
        public String serverName() {
            return tokens.serverName();
        }

        @Override
        public boolean vouchesFor(String keyId) {
            return tokens.vouchesFor(keyId);
        }

        @Override
        public Opened open(String keyId, Octets token) {
            Opened opened = tokens.open(keyId, token);
            return opened instanceof Good good && revocations.isUserRevoked(realm, good.account())
                    ? new Bad(RefusalCause.REVOKED)
                    : opened;
        }
    }
}
