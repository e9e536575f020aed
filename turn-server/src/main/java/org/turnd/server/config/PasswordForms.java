package org.turnd.server.config;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Profile;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.OpaqueString;

/// The forms in which clients put a password into the key: OpaqueString since RFC 8489, SASLprep
/// (RFC 4013) before. They are the same for almost every password.
final class PasswordForms {
    private static final Profile SASL_PREP = new SASLprep();

    private PasswordForms() {}

    /// Returns the name as clients send it; throws [IllegalArgumentException] when they can't.
    static String username(String name) {
        String prepared = OpaqueString.prepare(name);
        if (prepared == null) {
            throw new IllegalArgumentException(
                    "a user name is not empty and has no control or invisible characters");
        }
        return prepared;
    }

    /// Returns one key for each form of the password, the OpaqueString one first; throws
    /// [IllegalArgumentException] when that one doesn't exist (D-28).
    static List<IntegrityKey> keys(String name, String realm, String password) {
        String opaque = OpaqueString.prepare(password);
        if (opaque == null) {
            throw new IllegalArgumentException(
                    "a password is not empty and has no control or invisible characters");
        }
        String username = username(name);
        IntegrityKey key = IntegrityKey.md5(username, realm, opaque);
        // D-29: clients of RFC 5389 know only SASLprep.
        String sasl = saslPrep(password);
        return sasl == null || sasl.equals(opaque)
                ? List.of(key)
                : List.of(key, IntegrityKey.md5(username, realm, sasl));
    }

    private static @Nullable String saslPrep(String password) {
        try {
            String prepared = SASL_PREP.prepareStored(password);
            return prepared.isEmpty() ? null : prepared;
        } catch (IllegalArgumentException notForSaslPrep) {
            return null;
        }
    }
}
