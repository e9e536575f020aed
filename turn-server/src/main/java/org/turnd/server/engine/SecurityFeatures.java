package org.turnd.server.engine;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AttributeType;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.NonceCookie;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunMessage;

/// What the server offers beyond RFC 5389 with every NONCE it sends (RFC 8489 §9.2, §18.1).
///
/// @param passwordAlgorithms how keys may be made, the preferred one first. MD5 alone offers
///   nothing: no PASSWORD-ALGORITHMS, no bit
/// @param usernameAnonymity clients may, and those of RFC 8489 must, send USERHASH for USERNAME
/// @param bitOrder where the bits stand in the nonce cookie (W-01)
public record SecurityFeatures(
        List<KeyAlgorithm> passwordAlgorithms,
        boolean usernameAnonymity,
        NonceCookie.BitOrder bitOrder) {

    /// SHA-256 before MD5, names in clear, bits as erratum 6290 has them.
    public static final SecurityFeatures DEFAULT =
            new SecurityFeatures(
                    List.of(KeyAlgorithm.SHA_256, KeyAlgorithm.MD5),
                    false,
                    NonceCookie.BitOrder.BIT_0_RIGHTMOST);

    public SecurityFeatures {
        passwordAlgorithms = List.copyOf(passwordAlgorithms);
    }

    boolean offersPasswordAlgorithms() {
        return !passwordAlgorithms.equals(List.of(KeyAlgorithm.MD5));
    }

    boolean offers(KeyAlgorithm algorithm) {
        return passwordAlgorithms.contains(algorithm);
    }

    /// The cookie that every NONCE begins with. D-03, D-12.
    String cookie() {
        return NonceCookie.of(offersPasswordAlgorithms(), usernameAnonymity, bitOrder);
    }

    /// What goes with every NONCE, or null when nothing is offered. D-13, D-14: without it, clients
    /// of RFC 8489 believe nothing that comes with a NONCE whose bit is set.
    @Nullable PasswordAlgorithms attribute() {
        return offersPasswordAlgorithms()
                ? new PasswordAlgorithms(
                        passwordAlgorithms.stream().map(KeyAlgorithm::attribute).toList())
                : null;
    }

    /// Says whether a request takes part in the negotiation; then its answers carry
    /// MESSAGE-INTEGRITY-SHA256, otherwise MESSAGE-INTEGRITY (D-15, D-19).
    static boolean isNegotiated(StunMessage request) {
        return request.has(AttributeType.PASSWORD_ALGORITHM)
                || request.has(AttributeType.PASSWORD_ALGORITHMS);
    }

    /// Returns how the key of a request was made, or null when the request contradicts what was
    /// sent with its NONCE: somebody in between bids it down (RFC 8489 §9.2.1).
    @Nullable KeyAlgorithm keyAlgorithm(StunMessage request, String nonce) {
        if (request.invalid(AttributeType.PASSWORD_ALGORITHM) != null
                || request.invalid(AttributeType.PASSWORD_ALGORITHMS) != null) {
            return null;
        }
        PasswordAlgorithm chosen = request.first(PasswordAlgorithm.class);
        PasswordAlgorithms listed = request.first(PasswordAlgorithms.class);
        if (chosen == null && listed == null) {
            // D-15.
            return KeyAlgorithm.MD5;
        }
        if (announcesPasswordAlgorithms(nonce)) {
            // D-16, D-17. All nonces of a server go with one list; it is sealed into them.
            if (chosen == null || listed == null || !listed.equals(attribute())) {
                return null;
            }
        }
        if (chosen == null) {
            return KeyAlgorithm.MD5;
        }
        KeyAlgorithm algorithm = KeyAlgorithm.of(chosen);
        return algorithm != null && offers(algorithm) ? algorithm : null;
    }

    private static boolean announcesPasswordAlgorithms(String nonce) {
        OptionalInt bits = NonceCookie.featureBits(nonce);
        return bits.isPresent() && NonceCookie.announcesPasswordAlgorithms(bits.getAsInt());
    }
}
