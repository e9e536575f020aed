package org.turnd.server.auth;

import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.engine.Credentials;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.RestCredentials;

/// Users that a web application makes up as it needs them: the name says when it expires, the
/// password proves that the application knows the secret (CONFORMANCE section E). Immutable; safe
/// on every thread.
public final class TimeLimitedCredentials implements Credentials {
    private final Secret secret;
    private final char separator;
    private final InstantSource clock;

    /// @param secret what application and server share
    /// @param separator what parts expiry and user id
    /// @param clock the time that names expire by
    public TimeLimitedCredentials(Secret secret, char separator, InstantSource clock) {
        this.secret = secret;
        this.separator = separator;
        this.clock = clock;
    }

    @Override
    public int candidates() {
        return 1;
    }

    @Override
    public @Nullable IntegrityKey find(String username, String realm, int candidate) {
        OptionalLong expiry = RestCredentials.expiryEpochSeconds(username, separator);
        // E-01, E-02: no time, or one that is over, is no user.
        if (expiry.isEmpty() || clock.instant().getEpochSecond() >= expiry.getAsLong()) {
            return null;
        }
        String password = RestCredentials.password(secret.value(), username);
        return IntegrityKey.md5(username, realm, password);
    }
}
