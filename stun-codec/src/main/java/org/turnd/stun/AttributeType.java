package org.turnd.stun;

import java.util.Locale;

/// The numbers of the IANA "STUN Attributes" registry, reserved ones of RFC 3489 included. Nothing
/// here allocates, except [#nameOf(int)] for a number without a name.
public final class AttributeType {
    public static final int MAPPED_ADDRESS = 0x0001;
    public static final int RESPONSE_ADDRESS = 0x0002;
    public static final int CHANGE_REQUEST = 0x0003;
    public static final int SOURCE_ADDRESS = 0x0004;
    public static final int CHANGED_ADDRESS = 0x0005;
    public static final int USERNAME = 0x0006;
    public static final int PASSWORD = 0x0007;
    public static final int MESSAGE_INTEGRITY = 0x0008;
    public static final int ERROR_CODE = 0x0009;
    public static final int UNKNOWN_ATTRIBUTES = 0x000A;
    public static final int REFLECTED_FROM = 0x000B;
    public static final int CHANNEL_NUMBER = 0x000C;
    public static final int LIFETIME = 0x000D;
    public static final int XOR_PEER_ADDRESS = 0x0012;
    public static final int DATA = 0x0013;
    public static final int REALM = 0x0014;
    public static final int NONCE = 0x0015;
    public static final int XOR_RELAYED_ADDRESS = 0x0016;
    public static final int REQUESTED_ADDRESS_FAMILY = 0x0017;
    public static final int EVEN_PORT = 0x0018;
    public static final int REQUESTED_TRANSPORT = 0x0019;
    public static final int DONT_FRAGMENT = 0x001A;
    public static final int ACCESS_TOKEN = 0x001B;
    public static final int MESSAGE_INTEGRITY_SHA256 = 0x001C;
    public static final int PASSWORD_ALGORITHM = 0x001D;
    public static final int USERHASH = 0x001E;
    public static final int XOR_MAPPED_ADDRESS = 0x0020;
    public static final int RESERVATION_TOKEN = 0x0022;
    public static final int PRIORITY = 0x0024;
    public static final int USE_CANDIDATE = 0x0025;
    public static final int PADDING = 0x0026;
    public static final int RESPONSE_PORT = 0x0027;
    public static final int CONNECTION_ID = 0x002A;
    public static final int ADDITIONAL_ADDRESS_FAMILY = 0x8000;
    public static final int ADDRESS_ERROR_CODE = 0x8001;
    public static final int PASSWORD_ALGORITHMS = 0x8002;
    public static final int ALTERNATE_DOMAIN = 0x8003;
    public static final int ICMP = 0x8004;
    public static final int SOFTWARE = 0x8022;
    public static final int ALTERNATE_SERVER = 0x8023;
    public static final int TRANSACTION_TRANSMIT_COUNTER = 0x8025;
    public static final int CACHE_TIMEOUT = 0x8027;
    public static final int FINGERPRINT = 0x8028;
    public static final int ICE_CONTROLLED = 0x8029;
    public static final int ICE_CONTROLLING = 0x802A;
    public static final int RESPONSE_ORIGIN = 0x802B;
    public static final int OTHER_ADDRESS = 0x802C;
    public static final int ECN_CHECK = 0x802D;
    public static final int THIRD_PARTY_AUTHORIZATION = 0x802E;
    public static final int MOBILITY_TICKET = 0x8030;
    public static final int CISCO_STUN_FLOWDATA = 0xC000;
    public static final int ENF_FLOW_DESCRIPTION = 0xC001;
    public static final int ENF_NETWORK_STATUS = 0xC002;
    public static final int CISCO_WEBEX_FLOW_INFO = 0xC003;
    public static final int CITRIX_TRANSACTION_ID = 0xC056;
    public static final int GOOG_NETWORK_INFO = 0xC057;
    public static final int GOOG_LAST_ICE_CHECK_RECEIVED = 0xC058;
    public static final int GOOG_MISC_INFO = 0xC059;
    public static final int GOOG_OBSOLETE_1 = 0xC05A;
    public static final int GOOG_CONNECTION_ID = 0xC05B;
    public static final int GOOG_DELTA = 0xC05C;
    public static final int GOOG_DELTA_ACK = 0xC05D;
    public static final int GOOG_DELTA_SYNC_REQ = 0xC05E;
    public static final int GOOG_MESSAGE_INTEGRITY_32 = 0xC060;

    private AttributeType() {}

    /// Returns the number of an attribute's class, or the one an unknown or invalid one carries.
    static int of(StunAttribute attribute) {
        return switch (attribute) {
            case StunAttribute.MappedAddress _ -> MAPPED_ADDRESS;
            case StunAttribute.XorMappedAddress _ -> XOR_MAPPED_ADDRESS;
            case StunAttribute.XorPeerAddress _ -> XOR_PEER_ADDRESS;
            case StunAttribute.XorRelayedAddress _ -> XOR_RELAYED_ADDRESS;
            case StunAttribute.AlternateServer _ -> ALTERNATE_SERVER;
            case StunAttribute.ResponseOrigin _ -> RESPONSE_ORIGIN;
            case StunAttribute.OtherAddress _ -> OTHER_ADDRESS;
            case StunAttribute.ResponseAddress _ -> RESPONSE_ADDRESS;
            case StunAttribute.SourceAddress _ -> SOURCE_ADDRESS;
            case StunAttribute.ChangedAddress _ -> CHANGED_ADDRESS;
            case StunAttribute.ReflectedFrom _ -> REFLECTED_FROM;
            case StunAttribute.Username _ -> USERNAME;
            case StunAttribute.UserHashValue _ -> USERHASH;
            case StunAttribute.Realm _ -> REALM;
            case StunAttribute.Nonce _ -> NONCE;
            case StunAttribute.Software _ -> SOFTWARE;
            case StunAttribute.AlternateDomain _ -> ALTERNATE_DOMAIN;
            case StunAttribute.Password _ -> PASSWORD;
            case StunAttribute.ThirdPartyAuthorization _ -> THIRD_PARTY_AUTHORIZATION;
            case StunAttribute.AccessToken _ -> ACCESS_TOKEN;
            case StunAttribute.MobilityTicket _ -> MOBILITY_TICKET;
            case StunAttribute.Data _ -> DATA;
            case StunAttribute.Padding _ -> PADDING;
            case StunAttribute.ErrorCode _ -> ERROR_CODE;
            case StunAttribute.AddressErrorCode _ -> ADDRESS_ERROR_CODE;
            case StunAttribute.UnknownAttributes _ -> UNKNOWN_ATTRIBUTES;
            case StunAttribute.Lifetime _ -> LIFETIME;
            case StunAttribute.ChannelNumber _ -> CHANNEL_NUMBER;
            case StunAttribute.RequestedTransport _ -> REQUESTED_TRANSPORT;
            case StunAttribute.RequestedAddressFamily _ -> REQUESTED_ADDRESS_FAMILY;
            case StunAttribute.AdditionalAddressFamily _ -> ADDITIONAL_ADDRESS_FAMILY;
            case StunAttribute.EvenPort _ -> EVEN_PORT;
            case StunAttribute.ReservationToken _ -> RESERVATION_TOKEN;
            case StunAttribute.DontFragment _ -> DONT_FRAGMENT;
            case StunAttribute.Icmp _ -> ICMP;
            case StunAttribute.ConnectionId _ -> CONNECTION_ID;
            case StunAttribute.PasswordAlgorithm _ -> PASSWORD_ALGORITHM;
            case StunAttribute.PasswordAlgorithms _ -> PASSWORD_ALGORITHMS;
            case StunAttribute.ChangeRequest _ -> CHANGE_REQUEST;
            case StunAttribute.ResponsePort _ -> RESPONSE_PORT;
            case StunAttribute.CacheTimeout _ -> CACHE_TIMEOUT;
            case StunAttribute.Priority _ -> PRIORITY;
            case StunAttribute.UseCandidate _ -> USE_CANDIDATE;
            case StunAttribute.IceControlled _ -> ICE_CONTROLLED;
            case StunAttribute.IceControlling _ -> ICE_CONTROLLING;
            case StunAttribute.TransactionTransmitCounter _ -> TRANSACTION_TRANSMIT_COUNTER;
            case StunAttribute.MessageIntegrityValue _ -> MESSAGE_INTEGRITY;
            case StunAttribute.MessageIntegritySha256Value _ -> MESSAGE_INTEGRITY_SHA256;
            case StunAttribute.FingerprintValue _ -> FINGERPRINT;
            case StunAttribute.UnknownAttribute unknown -> unknown.type();
            case StunAttribute.InvalidAttribute invalid -> invalid.type();
        };
    }

    /// Tells whether a receiver that does not know this type must refuse the message (RFC 8489 §14:
    /// 0x0000 to 0x7FFF).
    public static boolean isComprehensionRequired(int type) {
        return (type & 0x8000) == 0;
    }

    /// Tells whether this library has a value class for the type, so that it is no
    /// [StunAttribute.UnknownAttribute].
    public static boolean isKnown(int type) {
        return switch (type) {
            case MAPPED_ADDRESS, RESPONSE_ADDRESS, CHANGE_REQUEST, SOURCE_ADDRESS -> true;
            case CHANGED_ADDRESS, USERNAME, PASSWORD, MESSAGE_INTEGRITY, ERROR_CODE -> true;
            case UNKNOWN_ATTRIBUTES, REFLECTED_FROM, CHANNEL_NUMBER, LIFETIME -> true;
            case XOR_PEER_ADDRESS, DATA, REALM, NONCE, XOR_RELAYED_ADDRESS -> true;
            case REQUESTED_ADDRESS_FAMILY, EVEN_PORT, REQUESTED_TRANSPORT, DONT_FRAGMENT -> true;
            case ACCESS_TOKEN, MESSAGE_INTEGRITY_SHA256, PASSWORD_ALGORITHM, USERHASH -> true;
            case XOR_MAPPED_ADDRESS, RESERVATION_TOKEN, PRIORITY, USE_CANDIDATE -> true;
            case PADDING, RESPONSE_PORT, CONNECTION_ID, ADDITIONAL_ADDRESS_FAMILY -> true;
            case ADDRESS_ERROR_CODE, PASSWORD_ALGORITHMS, ALTERNATE_DOMAIN, ICMP -> true;
            case SOFTWARE, ALTERNATE_SERVER, TRANSACTION_TRANSMIT_COUNTER, CACHE_TIMEOUT -> true;
            case FINGERPRINT, ICE_CONTROLLED, ICE_CONTROLLING, RESPONSE_ORIGIN -> true;
            case OTHER_ADDRESS, THIRD_PARTY_AUTHORIZATION, MOBILITY_TICKET -> true;
            default -> false;
        };
    }

    /// Tells whether a receiver has to answer 420 for this type: comprehension is required, and it
    /// is unknown or belongs to RFC 3489 alone. RESPONSE-ADDRESS is refused to everybody, because
    /// honouring it makes a reflector (B-03, B-04).
    ///
    /// @param classic whether the message came without the magic cookie
    public static boolean mustBeRefused(int type, boolean classic) {
        return switch (type) {
            case RESPONSE_ADDRESS -> true;
            case SOURCE_ADDRESS, CHANGED_ADDRESS, PASSWORD, REFLECTED_FROM -> !classic;
            default -> isComprehensionRequired(type) && !isKnown(type);
        };
    }

    /// Returns the registered name, or hex digits such as `0x7f01` where there is none.
    public static String nameOf(int type) {
        return switch (type) {
            case MAPPED_ADDRESS -> "MAPPED-ADDRESS";
            case RESPONSE_ADDRESS -> "RESPONSE-ADDRESS";
            case CHANGE_REQUEST -> "CHANGE-REQUEST";
            case SOURCE_ADDRESS -> "SOURCE-ADDRESS";
            case CHANGED_ADDRESS -> "CHANGED-ADDRESS";
            case USERNAME -> "USERNAME";
            case PASSWORD -> "PASSWORD";
            case MESSAGE_INTEGRITY -> "MESSAGE-INTEGRITY";
            case ERROR_CODE -> "ERROR-CODE";
            case UNKNOWN_ATTRIBUTES -> "UNKNOWN-ATTRIBUTES";
            case REFLECTED_FROM -> "REFLECTED-FROM";
            case CHANNEL_NUMBER -> "CHANNEL-NUMBER";
            case LIFETIME -> "LIFETIME";
            case XOR_PEER_ADDRESS -> "XOR-PEER-ADDRESS";
            case DATA -> "DATA";
            case REALM -> "REALM";
            case NONCE -> "NONCE";
            case XOR_RELAYED_ADDRESS -> "XOR-RELAYED-ADDRESS";
            case REQUESTED_ADDRESS_FAMILY -> "REQUESTED-ADDRESS-FAMILY";
            case EVEN_PORT -> "EVEN-PORT";
            case REQUESTED_TRANSPORT -> "REQUESTED-TRANSPORT";
            case DONT_FRAGMENT -> "DONT-FRAGMENT";
            case ACCESS_TOKEN -> "ACCESS-TOKEN";
            case MESSAGE_INTEGRITY_SHA256 -> "MESSAGE-INTEGRITY-SHA256";
            case PASSWORD_ALGORITHM -> "PASSWORD-ALGORITHM";
            case USERHASH -> "USERHASH";
            case XOR_MAPPED_ADDRESS -> "XOR-MAPPED-ADDRESS";
            case RESERVATION_TOKEN -> "RESERVATION-TOKEN";
            case PRIORITY -> "PRIORITY";
            case USE_CANDIDATE -> "USE-CANDIDATE";
            case PADDING -> "PADDING";
            case RESPONSE_PORT -> "RESPONSE-PORT";
            case CONNECTION_ID -> "CONNECTION-ID";
            default -> optionalNameOf(type);
        };
    }

    private static String optionalNameOf(int type) {
        return switch (type) {
            case ADDITIONAL_ADDRESS_FAMILY -> "ADDITIONAL-ADDRESS-FAMILY";
            case ADDRESS_ERROR_CODE -> "ADDRESS-ERROR-CODE";
            case PASSWORD_ALGORITHMS -> "PASSWORD-ALGORITHMS";
            case ALTERNATE_DOMAIN -> "ALTERNATE-DOMAIN";
            case ICMP -> "ICMP";
            case SOFTWARE -> "SOFTWARE";
            case ALTERNATE_SERVER -> "ALTERNATE-SERVER";
            case TRANSACTION_TRANSMIT_COUNTER -> "TRANSACTION_TRANSMIT_COUNTER";
            case CACHE_TIMEOUT -> "CACHE-TIMEOUT";
            case FINGERPRINT -> "FINGERPRINT";
            case ICE_CONTROLLED -> "ICE-CONTROLLED";
            case ICE_CONTROLLING -> "ICE-CONTROLLING";
            case RESPONSE_ORIGIN -> "RESPONSE-ORIGIN";
            case OTHER_ADDRESS -> "OTHER-ADDRESS";
            case ECN_CHECK -> "ECN-CHECK";
            case THIRD_PARTY_AUTHORIZATION -> "THIRD-PARTY-AUTHORIZATION";
            case MOBILITY_TICKET -> "MOBILITY-TICKET";
            case CISCO_STUN_FLOWDATA -> "CISCO-STUN-FLOWDATA";
            case ENF_FLOW_DESCRIPTION -> "ENF-FLOW-DESCRIPTION";
            case ENF_NETWORK_STATUS -> "ENF-NETWORK-STATUS";
            case CISCO_WEBEX_FLOW_INFO -> "CISCO-WEBEX-FLOW-INFO";
            case CITRIX_TRANSACTION_ID -> "CITRIX-TRANSACTION-ID";
            case GOOG_NETWORK_INFO -> "GOOG-NETWORK-INFO";
            case GOOG_LAST_ICE_CHECK_RECEIVED -> "GOOG-LAST-ICE-CHECK-RECEIVED";
            case GOOG_MISC_INFO -> "GOOG-MISC-INFO";
            case GOOG_OBSOLETE_1 -> "GOOG-OBSOLETE-1";
            case GOOG_CONNECTION_ID -> "GOOG-CONNECTION-ID";
            case GOOG_DELTA -> "GOOG-DELTA";
            case GOOG_DELTA_ACK -> "GOOG-DELTA-ACK";
            case GOOG_DELTA_SYNC_REQ -> "GOOG-DELTA-SYNC-REQ";
            case GOOG_MESSAGE_INTEGRITY_32 -> "GOOG-MESSAGE-INTEGRITY-32";
            default -> String.format(Locale.ROOT, "0x%04x", type);
        };
    }
}
