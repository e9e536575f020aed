package org.turnd.server.simulation;

import java.util.List;
import java.util.Set;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunMessage;

/// The comprehension-required attributes that a TURN server has to understand (RFC 8489 §18.3, RFC
/// 8656 §18), and those that other RFCs define and a server may or may not know.
final class Understood {
    private static final int FIRST_OPTIONAL = 0x8000;

    private static final Set<Integer> REQUIRED =
            Set.of(
                    AttributeType.USERNAME,
                    AttributeType.MESSAGE_INTEGRITY,
                    AttributeType.MESSAGE_INTEGRITY_SHA256,
                    AttributeType.USERHASH,
                    AttributeType.PASSWORD_ALGORITHM,
                    AttributeType.REALM,
                    AttributeType.NONCE,
                    AttributeType.CHANNEL_NUMBER,
                    AttributeType.LIFETIME,
                    AttributeType.XOR_PEER_ADDRESS,
                    AttributeType.DATA,
                    AttributeType.REQUESTED_ADDRESS_FAMILY,
                    AttributeType.EVEN_PORT,
                    AttributeType.REQUESTED_TRANSPORT,
                    AttributeType.DONT_FRAGMENT,
                    AttributeType.RESERVATION_TOKEN);

    private Understood() {}

    /// Says whether nobody could understand this message.
    static boolean lacksAny(StunMessage message) {
        return types(message).stream().anyMatch(type -> !AttributeType.isKnown(type));
    }

    /// Says whether understanding this message is a matter of taste: it has comprehension-required
    /// attributes that don't belong to STUN or TURN proper.
    static boolean isOdd(StunMessage message) {
        return types(message).stream()
                .anyMatch(type -> AttributeType.isKnown(type) && !REQUIRED.contains(type));
    }

    /// The types nobody knows, each once.
    static List<Integer> unknown(StunMessage message) {
        return types(message).stream()
                .filter(type -> !AttributeType.isKnown(type))
                .distinct()
                .toList();
    }

    private static List<Integer> types(StunMessage message) {
        return message.attributes().stream()
                .map(StunAttribute::type)
                .filter(type -> type < FIRST_OPTIONAL)
                .toList();
    }
}
