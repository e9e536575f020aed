package org.turnd.stun;

import org.jspecify.annotations.Nullable;

/// The methods of the IANA "STUN Methods" registry (RFC 8489 §18.2, RFC 8656 §17, RFC 6062 §6.1).
public enum StunMethod {
    BINDING(0x001, "Binding"),
    /// RFC 3489 only; nothing answers it.
    SHARED_SECRET(0x002, "SharedSecret"),
    ALLOCATE(0x003, "Allocate"),
    REFRESH(0x004, "Refresh"),
    SEND(0x006, "Send"),
    DATA(0x007, "Data"),
    CREATE_PERMISSION(0x008, "CreatePermission"),
    CHANNEL_BIND(0x009, "ChannelBind"),
    CONNECT(0x00A, "Connect"),
    CONNECTION_BIND(0x00B, "ConnectionBind"),
    CONNECTION_ATTEMPT(0x00C, "ConnectionAttempt"),
    /// Registered by Google for ICE keep-alives; nothing answers it.
    GOOG_PING(0x080, "GOOG-PING");

    private final int code;
    private final String rfcName;

    StunMethod(int code, String rfcName) {
        this.code = code;
        this.rfcName = rfcName;
    }

    /// Returns the 12-bit method number.
    public int code() {
        return code;
    }

    /// Returns the name as the registry spells it, for logs.
    public String rfcName() {
        return rfcName;
    }

    /// Returns the method with this number, or null where none is registered. Does not allocate.
    public static @Nullable StunMethod of(int code) {
        return switch (code) {
            case 0x001 -> BINDING;
            case 0x002 -> SHARED_SECRET;
            case 0x003 -> ALLOCATE;
            case 0x004 -> REFRESH;
            case 0x006 -> SEND;
            case 0x007 -> DATA;
            case 0x008 -> CREATE_PERMISSION;
            case 0x009 -> CHANNEL_BIND;
            case 0x00A -> CONNECT;
            case 0x00B -> CONNECTION_BIND;
            case 0x00C -> CONNECTION_ATTEMPT;
            case 0x080 -> GOOG_PING;
            default -> null;
        };
    }

    /// Tells whether the registry defines this class for the method (A-06: Send and Data are
    /// indications only, Allocate is never one).
    public boolean allows(StunClass messageClass) {
        return switch (this) {
            case SEND, DATA, CONNECTION_ATTEMPT -> messageClass == StunClass.INDICATION;
            case BINDING -> true;
            case SHARED_SECRET,
                    ALLOCATE,
                    REFRESH,
                    CREATE_PERMISSION,
                    CHANNEL_BIND,
                    CONNECT,
                    CONNECTION_BIND,
                    GOOG_PING ->
                    messageClass != StunClass.INDICATION;
        };
    }
}
