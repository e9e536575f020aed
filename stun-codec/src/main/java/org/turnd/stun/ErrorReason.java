package org.turnd.stun;

import org.jspecify.annotations.Nullable;

/// The codes of the IANA "STUN Error Codes" registry with their default reason phrases.
public enum ErrorReason {
    TRY_ALTERNATE(300, "Try Alternate"),
    BAD_REQUEST(400, "Bad Request"),
    UNAUTHENTICATED(401, "Unauthenticated"),
    FORBIDDEN(403, "Forbidden"),
    MOBILITY_FORBIDDEN(405, "Mobility Forbidden"),
    UNKNOWN_ATTRIBUTE(420, "Unknown Attribute"),
    ALLOCATION_MISMATCH(437, "Allocation Mismatch"),
    STALE_NONCE(438, "Stale Nonce"),
    ADDRESS_FAMILY_NOT_SUPPORTED(440, "Address Family not Supported"),
    WRONG_CREDENTIALS(441, "Wrong Credentials"),
    UNSUPPORTED_TRANSPORT_PROTOCOL(442, "Unsupported Transport Protocol"),
    PEER_ADDRESS_FAMILY_MISMATCH(443, "Peer Address Family Mismatch"),
    CONNECTION_ALREADY_EXISTS(446, "Connection Already Exists"),
    CONNECTION_TIMEOUT_OR_FAILURE(447, "Connection Timeout or Failure"),
    ALLOCATION_QUOTA_REACHED(486, "Allocation Quota Reached"),
    ROLE_CONFLICT(487, "Role Conflict"),
    SERVER_ERROR(500, "Server Error"),
    INSUFFICIENT_CAPACITY(508, "Insufficient Capacity");

    private final int code;
    private final String phrase;

    ErrorReason(int code, String phrase) {
        this.code = code;
        this.phrase = phrase;
    }

    /// Returns the code, 300 to 699.
    public int code() {
        return code;
    }

    /// Returns the default reason phrase.
    public String phrase() {
        return phrase;
    }

    /// Returns the ERROR-CODE attribute with the default phrase.
    public StunAttribute.ErrorCode attribute() {
        return new StunAttribute.ErrorCode(code, phrase);
    }

    /// Returns the registered reason of a code, or null where there is none.
    public static @Nullable ErrorReason of(int code) {
        for (ErrorReason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        return null;
    }
}
