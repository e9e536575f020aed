package org.turnd.server.config;

import java.time.Duration;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.FeatureBits;
import org.turnd.server.config.ServerSettings.QuotaBy;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.KeyAlgorithm;

/// The keys that say who may allocate, `auth.*`. [Schema] lists them among all others.
final class AuthSchema {
    static final Setting<Secret> SECRET =
            Setting.list(
                            "auth.secret",
                            ValueTypes.sharedSecret(),
                            null,
                            "The secret that your application shares with the server to issue"
                                    + " time-limited credentials. Several while you replace one:"
                                    + " any of them is good.")
                    .secret()
                    .live();
    static final Setting<String> USERS =
            Setting.list(
                            "auth.users",
                            ValueTypes.described(UsersReader.EXPECTED),
                            null,
                            "Users with a password that doesn't expire, as `{ name = alice,"
                                    + " password = \"...\" }`. Instead of the password the key may"
                                    + " stand there: `{ name = alice, key = \"...\","
                                    + " sha-256-key = \"...\" }`, the MD5 and the SHA-256 of `name:realm:password` in"
                                    + " hexadecimal. In the environment: `name:password`.")
                    .secret()
                    .live();
    static final Setting<KeyAlgorithm> PASSWORD_ALGORITHMS =
            Setting.list(
                            "auth.password-algorithms",
                            ValueTypes.choice(KeyAlgorithm.class),
                            "sha-256, md5",
                            "How clients may make their key of name, realm and password, the preferred way"
                                    + " first. Browsers and other clients of RFC 5389 know MD5 alone and"
                                    + " need it here. `md5` alone offers no choice, and is the default when"
                                    + " a user has no SHA-256 key, and with stores that may have such"
                                    + " users.")
                    .live();
    static final Setting<Switch> USER_ANONYMITY =
            Setting.of(
                            "auth.user-anonymity",
                            ValueTypes.choice(Switch.class),
                            "off",
                            "Lets clients of RFC 8489 send a hash instead of the user name, so that nobody on"
                                    + " the way reads it. They must do it then, and only names of"
                                    + " `auth.users` can be found by their hash, never time-limited ones.")
                    .live();
    static final Setting<FeatureBits> FEATURE_BITS =
            Setting.of(
                            "auth.feature-bits",
                            ValueTypes.choice(FeatureBits.class),
                            "erratum-6290",
                            "Which end of the NONCE's feature bits is bit 0. RFC 8489 as printed says the"
                                    + " left one, its erratum 6290 and its test vector the right one."
                                    + " `both` sets each bit at both ends, for clients of either reading.")
                    .live();
    static final Setting<ExpiredCredentials> EXPIRED_CREDENTIALS =
            Setting.of(
                            "auth.expired-credentials",
                            ValueTypes.choice(ExpiredCredentials.class),
                            "keep",
                            "What becomes of an allocation when its time-limited credential expires: `keep`"
                                    + " lets the client refresh it, so that calls don't break; `cut` ends"
                                    + " it, by granting no lifetime beyond the credential's.")
                    .live();
    static final Setting<Character> SEPARATOR =
            Setting.of(
                    "auth.username-separator",
                    ValueTypes.separator(),
                    ":",
                    "What parts the expiry and the user id in the name of a time-limited"
                            + " credential.");
    static final Setting<Duration> NONCE_LIFETIME =
            Setting.of(
                            "auth.nonce-lifetime",
                            ValueTypes.duration(Duration.ofMinutes(1), Duration.ofHours(1)),
                            "10m",
                            "How long a NONCE is accepted. Clients get a new one by themselves.")
                    .live();
    static final Setting<QuotaBy> QUOTA_BY =
            Setting.of(
                    "auth.quota-by",
                    ValueTypes.choice(QuotaBy.class),
                    "username",
                    "Whose allocations `limits.allocations-per-user` counts together: those of one"
                            + " `username`, or those of one user `id`, the part of a time-limited"
                            + " name behind its expiry. With `id` nobody gets more by asking the"
                            + " application for more credentials.");

    private AuthSchema() {}
}
