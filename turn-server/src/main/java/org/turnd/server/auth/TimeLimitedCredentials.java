package org.turnd.server.auth;

import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.engine.Credential;
import org.turnd.server.engine.Credentials;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.RestCredentials;

/// Users that a web application makes up as it needs them: the name says when it expires, the
/// password proves that the application knows the secret (CONFORMANCE section E). Safe on every
/// thread.
///
/// Nobody knows such a user before it comes, so there is none to find for a USERHASH (D-25).
public final class TimeLimitedCredentials implements Credentials {
    private final Secret secret;
    private final String fingerprint;
    private final char separator;
    private final Supplier<ExpiredCredentials> expired;
    private final InstantSource clock;

    /// @param secret what application and server share
    /// @param separator what parts expiry and user id
    /// @param expired what becomes of allocations whose user has expired
    /// @param clock the time that names expire by
    public TimeLimitedCredentials(
            Secret secret, char separator, ExpiredCredentials expired, InstantSource clock) {
        this(secret, separator, () -> expired, clock);
    }

    /// @param expired what becomes of them now, asked for each credential
    TimeLimitedCredentials(
            Secret secret,
            char separator,
            Supplier<ExpiredCredentials> expired,
            InstantSource clock) {
        this.secret = secret;
        this.fingerprint = SecretFingerprint.of(secret);
        this.separator = separator;
        this.expired = expired;
        this.clock = clock;
    }

    @Override
    public int candidates() {
        return 1;
    }

    @Override
    public @Nullable Credential find(
            String username, String realm, KeyAlgorithm algorithm, int candidate) {
        OptionalLong expiry = RestCredentials.expiryEpochSeconds(username, separator);
        // E-01, E-02: no time, or one that is over, is no user.
        if (expiry.isEmpty()) {
            return null;
        }
        long secondsLeft = expiry.getAsLong() - clock.instant().getEpochSecond();
        if (secondsLeft <= 0) {
            return null;
        }
        IntegrityKey key = key(username, realm, algorithm);
        // E-04.
        return new Credential(
                key,
                expired.get() == ExpiredCredentials.CUT ? secondsLeft : Credential.FOREVER,
                fingerprint);
    }

    @Override
    public boolean vouchesFor(
            String username, String realm, KeyAlgorithm algorithm, IntegrityKey key) {
        return RestCredentials.expiryEpochSeconds(username, separator).isPresent()
                && key(username, realm, algorithm).equals(key);
    }

    // E-06.
    private IntegrityKey key(String username, String realm, KeyAlgorithm algorithm) {
        return algorithm.key(username, realm, RestCredentials.password(secret.value(), username));
    }
}
