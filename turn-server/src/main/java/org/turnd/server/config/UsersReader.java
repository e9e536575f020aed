package org.turnd.server.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// Reads `auth.users` and those of other realms: objects in the file, `name:password` in the
/// environment.
final class UsersReader {
    static final String EXPECTED = "{ name = ..., password = ... } or { name = ..., key = ... }";

    private static final String MD5_KEY = "key";
    private static final String SHA256_KEY = "sha-256-key";
    private static final Set<String> FIELDS = Set.of("name", "password", MD5_KEY, SHA256_KEY);

    private final Setting<?> setting;
    private final String realm;
    private final List<ConfigProblem> problems;

    /// @param setting the key that they stand at
    /// @param realm whose users they are
    UsersReader(Setting<?> setting, String realm, List<ConfigProblem> problems) {
        this.setting = setting;
        this.realm = realm;
        this.problems = problems;
    }

    List<User> read(RawValues.Raw raw) {
        var users = new ArrayList<User>();
        var names = new HashSet<String>();
        for (RawValues.Item item : raw.items()) {
            User user = item.fields().isEmpty() ? ofText(item) : ofFields(item);
            if (user != null && !names.add(user.name())) {
                add(item.origin(), "the name " + user.name() + " occurs twice", "remove one");
            } else if (user != null) {
                users.add(user);
            }
        }
        return users;
    }

    private @Nullable User ofText(RawValues.Item item) {
        int colon = item.text().indexOf(':');
        if (colon <= 0) {
            add(item.origin(), "found no name with a password", "write name:password");
            return null;
        }
        String name = item.text().substring(0, colon);
        return ofPassword(name, item.text().substring(colon + 1), item.origin());
    }

    private @Nullable User ofFields(RawValues.Item item) {
        for (String field : new TreeSet<>(item.fields().keySet())) {
            if (!FIELDS.contains(field)) {
                String nearest = Spelling.nearest(field, FIELDS);
                add(
                        item.origin(),
                        "a user has no " + field,
                        nearest == null ? "remove it" : "did you mean `" + nearest + "`?");
                return null;
            }
        }
        String name = item.fields().get("name");
        String password = item.fields().get("password");
        String md5 = item.fields().get(MD5_KEY);
        String sha256 = item.fields().get(SHA256_KEY);
        boolean hasKey = md5 != null || sha256 != null;
        if (name == null || (password == null) != hasKey) {
            add(item.origin(), "found an incomplete user", "give a name, and a password or a key");
            return null;
        }
        return password == null
                ? ofKeys(name, md5, sha256, item.origin())
                : ofPassword(name, password, item.origin());
    }

    private @Nullable User ofPassword(String name, String password, Origin origin) {
        String weakness = SecretStrength.weaknessOfPassword(password);
        if (weakness == null && password.contains(name)) {
            weakness = "the user's name in it";
        }
        if (weakness != null) {
            add(
                    origin,
                    "the password of " + name + " has " + weakness,
                    "choose a random one of at least %d characters"
                            .formatted(SecretStrength.PASSWORD_CHARACTERS_MIN));
            return null;
        }
        try {
            return User.of(name, realm, password);
        } catch (IllegalArgumentException e) {
            return unsendable(origin, e);
        }
    }

    private @Nullable User ofKeys(
            String name, @Nullable String md5, @Nullable String sha256, Origin origin) {
        if (md5 != null && !isKey(md5, KeyAlgorithm.MD5)) {
            add(
                    origin,
                    "the key of " + name + " is no MD5 in hexadecimal",
                    "make it with `printf %s 'name:realm:password' | md5sum`");
            return null;
        }
        if (sha256 != null && !isKey(sha256, KeyAlgorithm.SHA_256)) {
            add(
                    origin,
                    "the sha-256-key of " + name + " is no SHA-256 in hexadecimal",
                    "make it with `printf %s 'name:realm:password' | sha256sum`");
            return null;
        }
        try {
            return new User(
                    PasswordForms.username(name),
                    md5 == null ? List.of() : List.of(key(md5)),
                    sha256 == null ? null : key(sha256));
        } catch (IllegalArgumentException e) {
            return unsendable(origin, e);
        }
    }

    private static boolean isKey(String digits, KeyAlgorithm algorithm) {
        return digits.length() == 2 * algorithm.keyBytes()
                && digits.chars().allMatch(HexFormat::isHexDigit);
    }

    private static IntegrityKey key(String digits) {
        return IntegrityKey.ofBytes(HexFormat.of().parseHex(digits));
    }

    private @Nullable User unsendable(Origin origin, IllegalArgumentException reason) {
        add(origin, "found what clients can't send", String.valueOf(reason.getMessage()));
        return null;
    }

    private void add(Origin origin, String found, String fix) {
        problems.add(new ConfigProblem(origin, setting.path(), found, EXPECTED, fix));
    }
}
