package org.turnd.server.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.KeyAlgorithm;

/// Puts together who may allocate, and finds what would lock somebody out.
final class AuthAssembly {
    private final SettingsReader reader;
    private final RawValues raw;
    private final CrossChecks checks;
    private final List<ConfigProblem> problems;
    private final List<String> warnings;

    AuthAssembly(
            SettingsReader reader,
            RawValues raw,
            CrossChecks checks,
            List<ConfigProblem> problems,
            List<String> warnings) {
        this.reader = reader;
        this.raw = raw;
        this.checks = checks;
        this.problems = problems;
        this.warnings = warnings;
    }

    /// @param others the realms beside the default one
    /// @param configuration the file that relative paths begin at
    Auth assemble(String realm, List<RealmSettings> others, @Nullable Path configuration) {
        List<User> users = users(realm);
        StoresSettings stores = new StoresAssembly(reader, warnings).assemble(configuration);
        Auth auth =
                new Auth(
                        reader.list(AuthSchema.SECRET),
                        users,
                        reader.value(AuthSchema.SEPARATOR),
                        reader.value(AuthSchema.NONCE_LIFETIME),
                        passwordAlgorithms(withThose(others, users), stores),
                        reader.value(AuthSchema.USER_ANONYMITY),
                        reader.value(AuthSchema.FEATURE_BITS),
                        reader.value(AuthSchema.EXPIRED_CREDENTIALS),
                        reader.value(AuthSchema.QUOTA_BY),
                        oauth(configuration),
                        stores);
        if (others.isEmpty()) {
            checkSomebody(auth);
        }
        warnOfAnonymity(auth);
        return auth;
    }

    /// The algorithms are offered in all realms.
    private static List<User> withThose(List<RealmSettings> others, List<User> users) {
        return Stream.concat(users.stream(), others.stream().flatMap(one -> one.users().stream()))
                .toList();
    }

    private List<User> users(String realm) {
        RawValues.Raw users = raw.get(AuthSchema.USERS);
        if (users == null) {
            return List.of();
        }
        List<User> known = new UsersReader(AuthSchema.USERS, realm, problems).read(users);
        if (known.size() < users.items().size()) {
            reader.setBad(AuthSchema.USERS);
        }
        return known;
    }

    private @Nullable OAuthSettings oauth(@Nullable Path configuration) {
        String serverName = reader.given(OAuthSchema.SERVER_NAME);
        RawValues.Raw keys = raw.get(OAuthSchema.KEYS);
        if (keys == null || keys.items().isEmpty()) {
            checks.checkOAuth(serverName, List.of());
            return null;
        }
        var known = new OAuthKeysReader(configuration, problems).read(keys);
        if (known.size() < keys.items().size()) {
            reader.setBad(OAuthSchema.KEYS);
        }
        checks.checkOAuth(serverName, known);
        Switch truncated = reader.value(OAuthSchema.TRUNCATED_MAC_KEYS);
        if (truncated == Switch.ON) {
            warnings.add(
                    "oauth.truncated-mac-keys is on: a client need not know its whole session key");
        }
        return serverName == null ? null : new OAuthSettings(serverName, known, truncated);
    }

    /// A client picks its algorithm before the server knows who it is. So where one user has no
    /// SHA-256 key, offering SHA-256 locks that user out of every client that knows it.
    private List<KeyAlgorithm> passwordAlgorithms(List<User> users, StoresSettings stores) {
        String withoutSha256 =
                users.stream()
                        .filter(user -> user.sha256Key() == null)
                        .map(User::name)
                        .collect(Collectors.joining(", "));
        if (stores.mayLackSha256Keys() && !reader.isGiven(AuthSchema.PASSWORD_ALGORITHMS)) {
            reader.setEffective(AuthSchema.PASSWORD_ALGORITHMS, "[md5]");
            return List.of(KeyAlgorithm.MD5);
        }
        if (reader.isGiven(AuthSchema.PASSWORD_ALGORITHMS)) {
            List<KeyAlgorithm> given = reader.list(AuthSchema.PASSWORD_ALGORITHMS);
            check(given, withoutSha256);
            return given.isEmpty() ? Auth.USUAL_ALGORITHMS : given;
        }
        if (withoutSha256.isEmpty()) {
            reader.setEffective(AuthSchema.PASSWORD_ALGORITHMS, "[sha-256, md5]");
            return Auth.USUAL_ALGORITHMS;
        }
        reader.setEffective(AuthSchema.PASSWORD_ALGORITHMS, "[md5]");
        warnings.add(
                ("auth.users: no SHA-256 key of %s, so keys are made with MD5 alone; give a"
                                + " sha-256-key or a password to every user")
                        .formatted(withoutSha256));
        return List.of(KeyAlgorithm.MD5);
    }

    private void check(List<KeyAlgorithm> given, String withoutSha256) {
        if (!reader.isGood(AuthSchema.PASSWORD_ALGORITHMS)) {
            return;
        }
        if (given.isEmpty() || new HashSet<>(given).size() < given.size()) {
            reader.addProblem(
                    AuthSchema.PASSWORD_ALGORITHMS,
                    given.isEmpty() ? "found none" : "found one twice",
                    "md5, sha-256 or both, each once",
                    "remove the key for the usual [sha-256, md5]");
            return;
        }
        if (given.contains(KeyAlgorithm.SHA_256) && !withoutSha256.isEmpty()) {
            warnings.add(
                    ("auth.password-algorithms offers sha-256, and there is no SHA-256 key of %s:"
                                    + " clients that know SHA-256 can't log in as these")
                            .formatted(withoutSha256));
        }
        if (!given.contains(KeyAlgorithm.MD5)) {
            warnings.add(
                    "auth.password-algorithms is without md5: browsers and all other clients of"
                            + " RFC 5389 can't log in");
        }
    }

    private void checkSomebody(Auth auth) {
        if (auth.secrets().isEmpty()
                && auth.users().isEmpty()
                && auth.stores().names().isEmpty()
                && !reader.isGiven(OAuthSchema.KEYS)
                && reader.isGood(AuthSchema.SECRET, AuthSchema.USERS)) {
            reader.addProblem(
                    AuthSchema.SECRET,
                    "nobody could allocate: there is neither a secret nor a user",
                    AuthSchema.SECRET.type().expected(),
                    "run `turnd init` for a file with a fresh secret, or set %s or %s"
                            .formatted(
                                    AuthSchema.SECRET.variable(),
                                    AuthSchema.SECRET.variable() + Setting.FILE_SUFFIX));
        }
    }

    private void warnOfAnonymity(Auth auth) {
        if (auth.userAnonymity() == Switch.ON && !auth.secrets().isEmpty()) {
            warnings.add(
                    "auth.user-anonymity = on: clients of RFC 8489 hash their names, and a"
                            + " time-limited name can't be found by its hash; these clients need"
                            + " auth.users");
        }
    }
}
