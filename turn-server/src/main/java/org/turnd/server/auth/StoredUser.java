package org.turnd.server.auth;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// What a [UserStore] knows of a user: the keys that prove that a request is the user's. Any of
/// them will do, so that passwords can be replaced one after the other.
///
/// @param md5Keys keys made with MD5, what most databases have
/// @param sha256Keys keys made with SHA-256; without any the user can't log in with a client that
///   was offered SHA-256
/// @param validUntil when the user ends, null: not of itself
public record StoredUser(
        List<IntegrityKey> md5Keys, List<IntegrityKey> sha256Keys, @Nullable Instant validUntil) {
    /// Keys of one kind at most; more are not looked at.
    public static final int KEYS_MAX = 8;

    public StoredUser {
        md5Keys = firstOf(md5Keys);
        sha256Keys = firstOf(sha256Keys);
    }

    private static List<IntegrityKey> firstOf(List<IntegrityKey> keys) {
        return List.copyOf(keys.subList(0, Math.min(KEYS_MAX, keys.size())));
    }

    /// Derives both kinds of keys from a password.
    ///
    /// @throws StoreFailure when name or password can't be one (RFC 8265 §4.2)
    public static StoredUser ofPassword(String username, String realm, String password)
            throws StoreFailure {
        return ofPasswords(username, realm, List.of(password));
    }

    /// As [#ofPassword], where any of several passwords is good.
    public static StoredUser ofPasswords(String username, String realm, List<String> passwords)
            throws StoreFailure {
        List<IntegrityKey> md5Keys = new ArrayList<>();
        List<IntegrityKey> sha256Keys = new ArrayList<>();
        for (String password : passwords) {
            try {
                User user = User.of(username, realm, password);
                md5Keys.addAll(user.keys(KeyAlgorithm.MD5));
                sha256Keys.addAll(user.keys(KeyAlgorithm.SHA_256));
            } catch (IllegalArgumentException e) {
                // D-28.
                throw StoreFailure.ofOneUser("a user's name or password can't be one");
            }
        }
        return new StoredUser(md5Keys, sha256Keys, null);
    }

    /// A user of whom nothing but the MD5 of `name:realm:password` is known.
    ///
    /// @throws StoreFailure when the key hasn't 16 bytes
    public static StoredUser ofMd5Key(byte[] key) throws StoreFailure {
        return new StoredUser(List.of(key(KeyAlgorithm.MD5, key)), List.of(), null);
    }

    /// Returns a key that a store holds.
    ///
    /// @throws StoreFailure when it hasn't the length of the algorithm's keys
    public static IntegrityKey key(KeyAlgorithm algorithm, byte[] key) throws StoreFailure {
        if (key.length != algorithm.keyBytes()) {
            throw StoreFailure.ofOneUser(
                    "a key of %s has %d bytes instead of %d"
                            .formatted(algorithm, key.length, algorithm.keyBytes()));
        }
        return IntegrityKey.ofBytes(key);
    }

    /// The same until a time.
    public StoredUser until(Instant end) {
        return new StoredUser(md5Keys, sha256Keys, end);
    }

    /// Returns the keys that were made with an algorithm.
    public List<IntegrityKey> keys(KeyAlgorithm algorithm) {
        return switch (algorithm) {
            case MD5 -> md5Keys;
            case SHA_256 -> sha256Keys;
        };
    }
}
