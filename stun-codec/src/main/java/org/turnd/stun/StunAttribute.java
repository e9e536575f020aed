package org.turnd.stun;

import java.util.List;

/// One attribute of a message as an immutable value (RFC 8489 §14). Constructors throw
/// [IllegalArgumentException] for numbers that do not fit their field; decoding never does, it
/// gives an [InvalidAttribute] instead.
public sealed interface StunAttribute {
    /// Returns the attribute's number, see [AttributeType].
    default int type() {
        return AttributeType.of(this);
    }

    /// The attributes that carry a transport address and nothing else.
    sealed interface Address extends StunAttribute {
        /// Returns the address, in clear whatever the wire has.
        TransportAddress address();
    }

    /// RFC 8489 §14.1: the reflexive address in clear.
    record MappedAddress(TransportAddress address) implements Address {}

    /// RFC 8489 §14.2: the reflexive address.
    record XorMappedAddress(TransportAddress address) implements Address {}

    /// RFC 8656 §18.3: the peer as the server sees it.
    record XorPeerAddress(TransportAddress address) implements Address {}

    /// RFC 8656 §18.5: where peers reach the client.
    record XorRelayedAddress(TransportAddress address) implements Address {}

    /// RFC 8489 §14.15: the server to try instead; not XORed.
    record AlternateServer(TransportAddress address) implements Address {}

    /// RFC 5780 §7.3: where the response was sent from.
    record ResponseOrigin(TransportAddress address) implements Address {}

    /// RFC 5780 §7.4: the server's other address and port.
    record OtherAddress(TransportAddress address) implements Address {}

    /// RFC 3489 §11.2.2: where to send the response; never honoured (B-04).
    record ResponseAddress(TransportAddress address) implements Address {}

    /// RFC 3489 §11.2.5.
    record SourceAddress(TransportAddress address) implements Address {}

    /// RFC 3489 §11.2.3.
    record ChangedAddress(TransportAddress address) implements Address {}

    /// RFC 3489 §11.2.11.
    record ReflectedFrom(TransportAddress address) implements Address {}

    /// RFC 8489 §14.3.
    record Username(String value) implements StunAttribute {}

    /// RFC 8489 §14.4: 32 bytes, see [UserHash].
    record UserHashValue(Octets value) implements StunAttribute {}

    /// RFC 8489 §14.9.
    record Realm(String value) implements StunAttribute {}

    /// RFC 8489 §14.10.
    record Nonce(String value) implements StunAttribute {}

    /// RFC 8489 §14.14.
    record Software(String value) implements StunAttribute {}

    /// RFC 8489 §14.16: the name for the certificate of an alternate server.
    record AlternateDomain(String value) implements StunAttribute {}

    /// RFC 3489 §11.2.7; RFC 3489 servers only.
    record Password(String value) implements StunAttribute {}

    /// RFC 7635 §6.1: the server's name for OAuth.
    record ThirdPartyAuthorization(String value) implements StunAttribute {}

    /// RFC 7635 §6.2: the raw token.
    record AccessToken(Octets value) implements StunAttribute {
        /// Returns the length of the token and nothing of its content.
        @Override
        public String toString() {
            return "AccessToken[" + value.length() + " bytes]";
        }
    }

    /// RFC 8016 §3.3: empty in a request for a ticket.
    record MobilityTicket(Octets value) implements StunAttribute {}

    /// RFC 8656 §18.4: application data.
    record Data(Octets value) implements StunAttribute {}

    /// RFC 5780 §7.6: bytes that only make the message long.
    record Padding(Octets value) implements StunAttribute {}

    /// RFC 8489 §14.8.
    ///
    /// @param code 300 to 699
    record ErrorCode(int code, String reason) implements StunAttribute {
        public ErrorCode {
            Range.check("error code", code, 300, 699);
        }
    }

    /// RFC 8656 §18.12: why one family of a dual allocation was not granted.
    ///
    /// @param family the number of the address family, 0 to 255
    /// @param code 300 to 699
    record AddressErrorCode(int family, int code, String reason) implements StunAttribute {
        public AddressErrorCode {
            Range.check("family", family, 0, 0xFF);
            Range.check("error code", code, 300, 699);
        }
    }

    /// RFC 8489 §14.13: the types that a 420 error lists.
    record UnknownAttributes(List<Integer> types) implements StunAttribute {
        public UnknownAttributes {
            types = List.copyOf(types);
            types.forEach(type -> Range.check("attribute type", type, 0, 0xFFFF));
        }
    }

    /// RFC 8656 §18.2.
    ///
    /// @param seconds an unsigned 32-bit number
    record Lifetime(long seconds) implements StunAttribute {
        public Lifetime {
            Range.check("lifetime", seconds, 0, Range.UINT32_MAX);
        }
    }

    /// RFC 8656 §18.1.
    ///
    /// @param number 0 to 65535; which of them may be bound is the server's business (J-02)
    record ChannelNumber(int number) implements StunAttribute {
        public ChannelNumber {
            Range.check("channel number", number, 0, 0xFFFF);
        }
    }

    /// RFC 8656 §18.8.
    ///
    /// @param protocol the IP protocol number: [#UDP], [#TCP]
    record RequestedTransport(int protocol) implements StunAttribute {
        public static final int UDP = 17;
        public static final int TCP = 6;

        public RequestedTransport {
            Range.check("protocol", protocol, 0, 0xFF);
        }
    }

    /// RFC 8656 §18.6.
    ///
    /// @param family the number on the wire, so that an unheard-of one can be answered (F-10)
    record RequestedAddressFamily(int family) implements StunAttribute {
        public RequestedAddressFamily {
            Range.check("family", family, 0, 0xFF);
        }
    }

    /// RFC 8656 §18.11.
    ///
    /// @param family the number on the wire (F-15)
    record AdditionalAddressFamily(int family) implements StunAttribute {
        public AdditionalAddressFamily {
            Range.check("family", family, 0, 0xFF);
        }
    }

    /// RFC 8656 §18.7.
    ///
    /// @param reserveNext the R bit: keep the next higher port for a later request
    record EvenPort(boolean reserveNext) implements StunAttribute {}

    /// RFC 8656 §18.10.
    ///
    /// @param token all 64 bits
    record ReservationToken(long token) implements StunAttribute {}

    /// RFC 8656 §18.9.
    record DontFragment() implements StunAttribute {}

    /// RFC 8656 §18.13. Type and code are an octet each (I-14).
    ///
    /// @param data an unsigned 32-bit number: the next hop's MTU, or 0
    record Icmp(int icmpType, int code, long data) implements StunAttribute {
        public Icmp {
            Range.check("ICMP type", icmpType, 0, 0xFF);
            Range.check("ICMP code", code, 0, 0xFF);
            Range.check("ICMP error data", data, 0, Range.UINT32_MAX);
        }
    }

    /// RFC 6062 §6.2.1.
    ///
    /// @param id all 32 bits
    record ConnectionId(int id) implements StunAttribute {}

    /// RFC 8489 §14.12.
    record PasswordAlgorithm(int algorithm, Octets parameters) implements StunAttribute {
        /// Algorithm number of MD5 (RFC 8489 §18.5.1.1).
        public static final int MD5 = 1;

        /// Algorithm number of SHA-256 (RFC 8489 §18.5.1.2).
        public static final int SHA256 = 2;

        public PasswordAlgorithm {
            Range.check("password algorithm", algorithm, 0, 0xFFFF);
        }

        /// An algorithm without parameters, as both registered ones are.
        public PasswordAlgorithm(int algorithm) {
            this(algorithm, Octets.EMPTY);
        }
    }

    /// RFC 8489 §14.11, the preferred one first.
    record PasswordAlgorithms(List<PasswordAlgorithm> algorithms) implements StunAttribute {
        public PasswordAlgorithms {
            algorithms = List.copyOf(algorithms);
        }
    }

    /// RFC 5780 §7.2.
    record ChangeRequest(boolean changeIp, boolean changePort) implements StunAttribute {}

    /// RFC 5780 §7.5.
    ///
    /// @param port 0 to 65535
    record ResponsePort(int port) implements StunAttribute {
        public ResponsePort {
            Range.check("port", port, 0, 0xFFFF);
        }
    }

    /// CACHE-TIMEOUT of the drafts before RFC 5780.
    ///
    /// @param seconds an unsigned 32-bit number
    record CacheTimeout(long seconds) implements StunAttribute {
        public CacheTimeout {
            Range.check("cache timeout", seconds, 0, Range.UINT32_MAX);
        }
    }

    /// RFC 8445 §16.1.
    ///
    /// @param priority an unsigned 32-bit number
    record Priority(long priority) implements StunAttribute {
        public Priority {
            Range.check("priority", priority, 0, Range.UINT32_MAX);
        }
    }

    /// RFC 8445 §16.1.
    record UseCandidate() implements StunAttribute {}

    /// RFC 8445 §16.1.
    ///
    /// @param tieBreaker all 64 bits
    record IceControlled(long tieBreaker) implements StunAttribute {}

    /// RFC 8445 §16.1.
    ///
    /// @param tieBreaker all 64 bits
    record IceControlling(long tieBreaker) implements StunAttribute {}

    /// RFC 7982 §3.1: how often request and response were sent, 0 to 255 each.
    record TransactionTransmitCounter(int request, int response) implements StunAttribute {
        public TransactionTransmitCounter {
            Range.check("request counter", request, 0, 0xFF);
            Range.check("response counter", response, 0, 0xFF);
        }
    }

    /// RFC 8489 §14.5: 20 bytes. Use [MessageIntegrity] to check it.
    record MessageIntegrityValue(Octets value) implements StunAttribute {}

    /// RFC 8489 §14.6: 16 to 32 bytes. Use [MessageIntegrity] to check it.
    record MessageIntegritySha256Value(Octets value) implements StunAttribute {}

    /// RFC 8489 §14.7: the CRC-32 XOR `0x5354554e`. A decoded one has been checked.
    record FingerprintValue(int value) implements StunAttribute {}

    /// An attribute of a type that this library has no class for.
    record UnknownAttribute(int type, Octets value) implements StunAttribute {
        public UnknownAttribute {
            Range.check("attribute type", type, 0, 0xFFFF);
        }
    }

    /// An attribute of a known type with a value that breaks the rules of that type.
    ///
    /// @param why what is wrong, for logs
    record InvalidAttribute(int type, String why, Octets value) implements StunAttribute {}
}
