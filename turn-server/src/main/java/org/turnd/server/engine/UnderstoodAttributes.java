package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunView;

/// The comprehension-required attributes this server understands (RFC 8489 §14). What it
/// understands but does not expect it ignores; anything else comprehension-required is
/// refused.
final class UnderstoodAttributes {
    /// Unknown types listed in one UNKNOWN-ATTRIBUTES at most, so that the answer stays small
    ///
    static final int LISTED_MAX = 64;

    private static final int[] TYPES = {
        AttributeType.MAPPED_ADDRESS,
        AttributeType.USERNAME,
        AttributeType.MESSAGE_INTEGRITY,
        AttributeType.ERROR_CODE,
        AttributeType.UNKNOWN_ATTRIBUTES,
        AttributeType.CHANNEL_NUMBER,
        AttributeType.LIFETIME,
        AttributeType.XOR_PEER_ADDRESS,
        AttributeType.DATA,
        AttributeType.REALM,
        AttributeType.NONCE,
        AttributeType.XOR_RELAYED_ADDRESS,
        AttributeType.REQUESTED_ADDRESS_FAMILY,
        AttributeType.EVEN_PORT,
        AttributeType.REQUESTED_TRANSPORT,
        AttributeType.DONT_FRAGMENT,
        AttributeType.MESSAGE_INTEGRITY_SHA256,
        AttributeType.PASSWORD_ALGORITHM,
        AttributeType.USERHASH,
        AttributeType.XOR_MAPPED_ADDRESS,
        AttributeType.RESERVATION_TOKEN,
        AttributeType.CONNECTION_ID,
        // ICE connectivity checks name these; a STUN server has no use for them and no quarrel.
        AttributeType.PRIORITY,
        AttributeType.USE_CANDIDATE,
    };

    private static final BitSet UNDERSTOOD = new BitSet(0x8000);

    static {
        for (int type : TYPES) {
            UNDERSTOOD.set(type);
        }
    }

    private boolean accessTokens;

    /// @param accessTokens third-party authorization is offered, so that ACCESS-TOKEN is understood
    UnderstoodAttributes(boolean accessTokens) {
        this.accessTokens = accessTokens;
    }

    /// @param offered whether third-party authorization is offered from now on
    void useAccessTokens(boolean offered) {
        accessTokens = offered;
    }

    /// The answer to a request with attributes that aren't understood.
    static Answer.Refusal refusal(List<Integer> unknown) {
        return Answer.Refusal.of(
                ErrorReason.UNKNOWN_ATTRIBUTE,
                RefusalCause.UNKNOWN_ATTRIBUTE,
                new UnknownAttributes(unknown));
    }

    /// Says whether an attribute that counts is comprehension-required and unknown. Allocates
    /// nothing.
    boolean lacksAny(StunView message) {
        for (int value = message.firstValue(); value >= 0; value = message.nextValue(value)) {
            if (isUnknown(message.typeOf(value))) {
                return true;
            }
        }
        return false;
    }

    /// Lists the unknown comprehension-required types, each once, in their order.
    List<Integer> unknownIn(StunView message) {
        List<Integer> unknown = new ArrayList<>();
        for (int value = message.firstValue(); value >= 0; value = message.nextValue(value)) {
            int type = message.typeOf(value);
            if (isUnknown(type) && !unknown.contains(type) && unknown.size() < LISTED_MAX) {
                unknown.add(type);
            }
        }
        return unknown;
    }

    private boolean isUnknown(int type) {
        return AttributeType.isComprehensionRequired(type)
                && !UNDERSTOOD.get(type)
                && !(accessTokens && type == AttributeType.ACCESS_TOKEN);
    }
}
