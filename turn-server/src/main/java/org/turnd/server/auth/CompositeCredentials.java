package org.turnd.server.auth;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.OAuthSettings;
import org.turnd.server.config.RealmSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.engine.AccessTokens;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.server.engine.RemoteUsers;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.Octets;

/// Several sources of users as one: each source's candidates after those of the one before, and
/// stores last, for those whom no source knows. Safe on every thread where its sources are.
public final class CompositeCredentials implements Credentials {
    private final List<Credentials> sources;
    private final int candidates;
    private final @Nullable AccessTokens accessTokens;
    private final @Nullable StoredUsers stored;
    private final @Nullable RemoteUsers remote;

    /// @param sources asked in this order; at least one
    public CompositeCredentials(List<Credentials> sources) {
        this(sources, null);
    }

    /// @param sources asked in this order; at least one
    /// @param accessTokens third-party authorization, null when it isn't offered
    public CompositeCredentials(List<Credentials> sources, @Nullable AccessTokens accessTokens) {
        this(sources, accessTokens, null, null);
    }

    private CompositeCredentials(
            List<Credentials> sources,
            @Nullable AccessTokens accessTokens,
            @Nullable StoredUsers stored,
            @Nullable RemoteUsers remote) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("nobody could allocate");
        }
        this.sources = List.copyOf(sources);
        this.accessTokens = accessTokens;
        this.stored = stored;
        this.remote = remote;
        candidates = sources.stream().mapToInt(Credentials::candidates).sum();
    }

    /// The users and secrets of the settings (E-03: each secret is a source of its own).
    ///
    /// @param clock the time that time-limited credentials expire by
    public static CompositeCredentials of(ServerSettings settings, InstantSource clock) {
        return of(settings, clock, null);
    }

    /// The users and secrets of the settings, then the shared secrets of stores, then their users.
    ///
    /// @param clock the time that time-limited credentials expire by
    /// @param stored null when there are no stores
    public static CompositeCredentials of(
            ServerSettings settings, InstantSource clock, @Nullable StoredUsers stored) {
        ServerSettings.Auth auth = settings.auth();
        List<Credentials> sources =
                own(auth.secrets(), auth.users(), settings.realm(), auth, clock);
        OAuthSettings oauth = auth.oauth();
        AccessTokens tokens = oauth == null ? null : new OAuthTokens(oauth, clock);
        if (stored != null) {
            sources.add(stored.secrets());
        }
        return new CompositeCredentials(sources, tokens, stored, null);
    }

    /// The users and secrets of a realm beside the default one.
    ///
    /// @param common what holds in all realms; its users and secrets aren't this realm's
    /// @param clock the time that time-limited credentials expire by
    public static CompositeCredentials of(
            RealmSettings realm, ServerSettings.Auth common, InstantSource clock) {
        return new CompositeCredentials(
                own(realm.secrets(), realm.users(), realm.name(), common, clock));
    }

    private static List<Credentials> own(
            List<ServerSettings.Secret> secrets,
            List<ServerSettings.User> users,
            String realm,
            ServerSettings.Auth common,
            InstantSource clock) {
        var sources = new ArrayList<Credentials>();
        for (ServerSettings.Secret secret : secrets) {
            sources.add(
                    new TimeLimitedCredentials(
                            secret, common.separator(), common.expiredCredentials(), clock));
        }
        if (!users.isEmpty() || sources.isEmpty()) {
            sources.add(new StaticUsers(users, realm));
        }
        return sources;
    }

    @Override
    public int candidates() {
        return candidates;
    }

    @Override
    public @Nullable Credential find(
            String username, String realm, KeyAlgorithm algorithm, int candidate) {
        int rest = candidate;
        for (Credentials source : sources) {
            if (rest < source.candidates()) {
                return source.find(username, realm, algorithm, rest);
            }
            rest -= source.candidates();
        }
        return null;
    }

    @Override
    public boolean vouchesFor(
            String username, String realm, KeyAlgorithm algorithm, IntegrityKey key) {
        return sources.stream()
                .anyMatch(source -> source.vouchesFor(username, realm, algorithm, key));
    }

    @Override
    public @Nullable String usernameOf(Octets userHash, String realm) {
        for (Credentials source : sources) {
            String username = source.usernameOf(userHash, realm);
            if (username != null) {
                return username;
            }
        }
        return null;
    }

    @Override
    public @Nullable AccessTokens accessTokens() {
        return accessTokens;
    }

    @Override
    public Credentials answering(RemoteUsers.Replies replies) {
        return stored == null
                ? this
                : new CompositeCredentials(
                        sources, accessTokens, stored, stored.answering(replies));
    }

    @Override
    public @Nullable RemoteUsers remote() {
        return remote;
    }
}
