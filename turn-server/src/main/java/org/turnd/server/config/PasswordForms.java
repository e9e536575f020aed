package org.turnd.server.config;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Profile;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.User;
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

    /// Returns a user that is known by every form of its password: with MD5 by each, with SHA-256
    /// by the OpaqueString one, because who knows SHA-256 knows that. Throws
    /// [IllegalArgumentException] when that form doesn't exist (D-28).
    static User user(String name, String realm, String password) {
        String opaque = OpaqueString.prepare(password);
        if (opaque == null) {
            throw new IllegalArgumentException(
                    "a password is not empty and has no control or invisible characters");
        }
        String username = username(name);
        var md5Keys = new ArrayList<IntegrityKey>();
        md5Keys.add(IntegrityKey.md5(username, realm, opaque));
        // D-29: clients of RFC 5389 know only SASLprep.
        String sasl = saslPrep(password);
        if (sasl != null && !sasl.equals(opaque)) {
            md5Keys.add(IntegrityKey.md5(username, realm, sasl));
        }
        return new User(username, md5Keys, IntegrityKey.sha256(username, realm, opaque));
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
