package org.turnd.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.OAuthSettings.SharedKey;
import org.turnd.stun.TokenAlgorithm;
import org.turnd.stun.TokenKey;

/// Reads `oauth.keys`: objects in the file, `kid:key` or `kid:key:algorithm` in the environment.
final class OAuthKeysReader {
    static final String EXPECTED =
            "{ kid = ..., key = ... } or { kid = ..., key-file = ... }, perhaps with algorithm,"
                    + " valid-from, valid-until";

    private static final Set<String> FIELDS =
            Set.of("kid", "key", "key-file", "algorithm", "valid-from", "valid-until");
    private static final String MAKE_ONE = "make one with `openssl rand -base64 32`";
    private static final int ID_BYTES_MAX = 508;
    private static final Pattern HEX = Pattern.compile("([0-9A-Fa-f]{2})+");

    /// A mistake in one key.
    private static final class BadKey extends Exception {
        private static final long serialVersionUID = 1;

        private final String found;
        private final String fix;

        BadKey(String found, String fix) {
            super(found);
            this.found = found;
            this.fix = fix;
        }
    }

    private final @Nullable Path configuration;
    private final List<ConfigProblem> problems;

    /// @param configuration relative paths begin at its directory; null: at the working directory
    /// @param problems where problems go
    OAuthKeysReader(@Nullable Path configuration, List<ConfigProblem> problems) {
        this.configuration = configuration;
        this.problems = problems;
    }

    List<SharedKey> read(RawValues.Raw raw) {
        var keys = new ArrayList<SharedKey>();
        var ids = new HashSet<String>();
        for (RawValues.Item item : raw.items()) {
            try {
                SharedKey key = item.fields().isEmpty() ? ofText(item.text()) : ofFields(item);
                if (!ids.add(key.id())) {
                    throw new BadKey("the kid " + key.id() + " occurs twice", "remove one");
                }
                keys.add(key);
            } catch (BadKey e) {
                problems.add(
                        new ConfigProblem(
                                item.origin(), OAuthSchema.KEYS.path(), e.found, EXPECTED, e.fix));
            }
        }
        return keys;
    }

    private static SharedKey ofText(String text) throws BadKey {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
            throw new BadKey("found no kid with a key", "write kid:key");
        }
        TokenAlgorithm algorithm =
                parts.length == 3 ? algorithm(parts[0], parts[2]) : TokenAlgorithm.A256GCM;
        return new SharedKey(id(parts[0]), tokenKey(parts[0], algorithm, parts[1]), null, null);
    }

    private SharedKey ofFields(RawValues.Item item) throws BadKey {
        for (String field : new TreeSet<>(item.fields().keySet())) {
            if (!FIELDS.contains(field)) {
                String nearest = Spelling.nearest(field, FIELDS);
                throw new BadKey(
                        "a key has no " + field,
                        nearest == null ? "remove it" : "did you mean `" + nearest + "`?");
            }
        }
        String id = item.fields().get("kid");
        String key = item.fields().get("key");
        String file = item.fields().get("key-file");
        if (id == null || (key == null) == (file == null)) {
            throw new BadKey("found an incomplete key", "give a kid, and a key or a key-file");
        }
        String named = item.fields().get("algorithm");
        TokenAlgorithm algorithm = named == null ? TokenAlgorithm.A256GCM : algorithm(id, named);
        Instant from = instant(id, "valid-from", item.fields().get("valid-from"));
        Instant until = instant(id, "valid-until", item.fields().get("valid-until"));
        if (from != null && until != null && !from.isBefore(until)) {
            throw new BadKey("the key " + id + " ends before it begins", "exchange the two times");
        }
        String text = key == null ? contentOf(id, String.valueOf(file)) : key;
        return new SharedKey(id(id), tokenKey(id, algorithm, text), from, until);
    }

    private static String id(String id) throws BadKey {
        if (id.getBytes(StandardCharsets.UTF_8).length > ID_BYTES_MAX) {
            throw new BadKey("found a kid that is too long", "shorten it: it travels as USERNAME");
        }
        try {
            return PasswordForms.username(id);
        } catch (IllegalArgumentException e) {
            throw new BadKey(
                    "found a kid that clients can't send",
                    "a kid is not empty and has no control or invisible characters");
        }
    }

    private static TokenAlgorithm algorithm(String id, String name) throws BadKey {
        for (TokenAlgorithm algorithm : TokenAlgorithm.values()) {
            if (algorithm.name().equals(name)) {
                return algorithm;
            }
        }
        throw new BadKey(
                "the key " + id + " has algorithm " + name, "choose one of A256GCM, A128GCM");
    }

    private static @Nullable Instant instant(String id, String field, @Nullable String text)
            throws BadKey {
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new BadKey(
                    "%s of the key %s is no time".formatted(field, id),
                    "write it as \"2030-01-31T00:00:00Z\"");
        }
    }

    private String contentOf(String id, String file) throws BadKey {
        try {
            Path path = Path.of(file);
            Path found = configuration == null ? path : configuration.resolveSibling(path);
            return Files.readString(found).strip();
        } catch (IOException | InvalidPathException e) {
            throw new BadKey(
                    "the file with the key %s can't be read".formatted(id),
                    "check the path, and that the server's user may read it");
        }
    }

    private static TokenKey tokenKey(String id, TokenAlgorithm algorithm, String text)
            throws BadKey {
        byte[] bytes;
        try {
            bytes =
                    HEX.matcher(text).matches()
                            ? HexFormat.of().parseHex(text)
                            : Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            throw new BadKey("the key " + id + " is neither base64 nor hexadecimal", MAKE_ONE);
        }
        if (bytes.length < algorithm.keyLength()) {
            throw new BadKey(
                    "the key %s has only %d bytes, %s needs %d"
                            .formatted(id, bytes.length, algorithm, algorithm.keyLength()),
                    MAKE_ONE);
        }
        // Each byte as a letter: what repeats was not drawn at random.
        String letters = new String(bytes, StandardCharsets.ISO_8859_1);
        String weakness = SecretStrength.weaknessOfSecret(letters);
        if (weakness != null) {
            throw new BadKey("the key " + id + " has " + weakness, MAKE_ONE);
        }
        return TokenKey.of(algorithm, bytes);
    }
}
