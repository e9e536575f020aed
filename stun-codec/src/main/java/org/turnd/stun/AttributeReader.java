package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Turns one attribute of a view into a value. Whatever the bytes, it gives a value.
final class AttributeReader {
    /// the longest text that is looked at, the 763 bytes of RFC 8489's REALM, NONCE, SOFTWARE
    /// and reason phrase.
    static final int TEXT_MAX_LENGTH = 763;

    private static final char REPLACEMENT = '\uFFFD';

    private final StunView view;
    private final ByteBuf buffer;

    AttributeReader(StunView view) {
        this.view = view;
        this.buffer = view.buffer();
    }

    StunAttribute read(int value) {
        int type = view.typeOf(value);
        return switch (type) {
            case AttributeType.MAPPED_ADDRESS -> plain(value, StunAttribute.MappedAddress::new);
            case AttributeType.XOR_MAPPED_ADDRESS ->
                    xored(value, StunAttribute.XorMappedAddress::new);
            case AttributeType.XOR_PEER_ADDRESS -> xored(value, StunAttribute.XorPeerAddress::new);
            case AttributeType.XOR_RELAYED_ADDRESS ->
                    xored(value, StunAttribute.XorRelayedAddress::new);
            case AttributeType.ALTERNATE_SERVER -> plain(value, StunAttribute.AlternateServer::new);
            case AttributeType.RESPONSE_ORIGIN -> plain(value, StunAttribute.ResponseOrigin::new);
            case AttributeType.OTHER_ADDRESS -> plain(value, StunAttribute.OtherAddress::new);
            case AttributeType.RESPONSE_ADDRESS -> plain(value, StunAttribute.ResponseAddress::new);
            case AttributeType.SOURCE_ADDRESS -> plain(value, StunAttribute.SourceAddress::new);
            case AttributeType.CHANGED_ADDRESS -> plain(value, StunAttribute.ChangedAddress::new);
            case AttributeType.REFLECTED_FROM -> plain(value, StunAttribute.ReflectedFrom::new);
            case AttributeType.USERNAME -> text(value, StunAttribute.Username::new);
            case AttributeType.REALM -> text(value, StunAttribute.Realm::new);
            case AttributeType.NONCE -> text(value, StunAttribute.Nonce::new);
            case AttributeType.SOFTWARE -> text(value, StunAttribute.Software::new);
            case AttributeType.ALTERNATE_DOMAIN -> text(value, StunAttribute.AlternateDomain::new);
            case AttributeType.PASSWORD -> text(value, StunAttribute.Password::new);
            case AttributeType.THIRD_PARTY_AUTHORIZATION ->
                    text(value, StunAttribute.ThirdPartyAuthorization::new);
            case AttributeType.ACCESS_TOKEN -> new StunAttribute.AccessToken(octets(value));
            case AttributeType.MOBILITY_TICKET -> new StunAttribute.MobilityTicket(octets(value));
            case AttributeType.DATA -> new StunAttribute.Data(octets(value));
            case AttributeType.PADDING -> new StunAttribute.Padding(octets(value));
            default -> readNumeric(type, value);
        };
    }

    private StunAttribute readNumeric(int type, int value) {
        return switch (type) {
            case AttributeType.LIFETIME -> uint32(value, StunAttribute.Lifetime::new);
            case AttributeType.CACHE_TIMEOUT -> uint32(value, StunAttribute.CacheTimeout::new);
            case AttributeType.PRIORITY -> uint32(value, StunAttribute.Priority::new);
            case AttributeType.CONNECTION_ID ->
                    uint32(value, id -> new StunAttribute.ConnectionId((int) id));
            case AttributeType.CHANNEL_NUMBER ->
                    uint32(value, n -> new StunAttribute.ChannelNumber((int) (n >>> 16)));
            case AttributeType.REQUESTED_TRANSPORT ->
                    firstByteOfFour(value, StunAttribute.RequestedTransport::new);
            case AttributeType.REQUESTED_ADDRESS_FAMILY ->
                    firstByteOfFour(value, StunAttribute.RequestedAddressFamily::new);
            case AttributeType.ADDITIONAL_ADDRESS_FAMILY ->
                    firstByteOfFour(value, StunAttribute.AdditionalAddressFamily::new);
            case AttributeType.CHANGE_REQUEST ->
                    uint32(value, f -> new StunAttribute.ChangeRequest((f & 4) != 0, (f & 2) != 0));
            case AttributeType.TRANSACTION_TRANSMIT_COUNTER ->
                    uint32(
                            value,
                            c ->
                                    new StunAttribute.TransactionTransmitCounter(
                                            (int) (c >> 8) & 0xFF, (int) c & 0xFF));
            case AttributeType.RESERVATION_TOKEN ->
                    uint64(value, StunAttribute.ReservationToken::new);
            case AttributeType.ICE_CONTROLLED -> uint64(value, StunAttribute.IceControlled::new);
            case AttributeType.ICE_CONTROLLING -> uint64(value, StunAttribute.IceControlling::new);
            case AttributeType.ICMP ->
                    uint64(
                            value,
                            bits ->
                                    new StunAttribute.Icmp(
                                            (int) (bits >> 40) & 0xFF,
                                            (int) (bits >> 32) & 0xFF,
                                            bits & Range.UINT32_MAX));
            case AttributeType.DONT_FRAGMENT -> empty(value, new StunAttribute.DontFragment());
            case AttributeType.USE_CANDIDATE -> empty(value, new StunAttribute.UseCandidate());
            default -> readComposed(type, value);
        };
    }

    private StunAttribute readComposed(int type, int value) {
        return switch (type) {
            case AttributeType.ERROR_CODE -> errorCode(value);
            case AttributeType.ADDRESS_ERROR_CODE -> addressErrorCode(value);
            case AttributeType.UNKNOWN_ATTRIBUTES -> unknownAttributes(value);
            case AttributeType.EVEN_PORT -> evenPort(value);
            case AttributeType.RESPONSE_PORT -> responsePort(value);
            case AttributeType.PASSWORD_ALGORITHM -> passwordAlgorithm(value);
            case AttributeType.PASSWORD_ALGORITHMS -> passwordAlgorithms(value);
            case AttributeType.USERHASH ->
                    sized(value, UserHash.LENGTH, StunAttribute.UserHashValue::new);
            case AttributeType.MESSAGE_INTEGRITY ->
                    sized(
                            value,
                            MessageIntegrity.SHA1_LENGTH,
                            StunAttribute.MessageIntegrityValue::new);
            case AttributeType.MESSAGE_INTEGRITY_SHA256 -> integritySha256(value);
            case AttributeType.FINGERPRINT ->
                    uint32(value, crc -> new StunAttribute.FingerprintValue((int) crc));
            default -> new StunAttribute.UnknownAttribute(type, octets(value));
        };
    }

    private StunAttribute plain(int value, Function<TransportAddress, StunAttribute> make) {
        if (!view.isAddress(value)) {
            return notAnAddress(value);
        }
        return make.apply(
                new TransportAddress(
                        view.addressHigh(value), view.addressLow(value), view.addressPort(value)));
    }

    private StunAttribute xored(int value, Function<TransportAddress, StunAttribute> make) {
        if (!view.isAddress(value)) {
            return notAnAddress(value);
        }
        return make.apply(
                new TransportAddress(
                        view.xorAddressHigh(value),
                        view.xorAddressLow(value),
                        view.xorPort(value)));
    }

    //
    private StunAttribute notAnAddress(int value) {
        return invalid(value, "family and length are not those of an IPv4 or IPv6 address");
    }

    private StunAttribute text(int value, Function<String, StunAttribute> make) {
        int length = view.valueLength(value);
        if (length > TEXT_MAX_LENGTH) {
            return invalid(value, "text longer than " + TEXT_MAX_LENGTH + " bytes");
        }
        String text = utf8(value, length);
        return text == null ? invalid(value, "text is not UTF-8") : make.apply(text);
    }

    private @Nullable String utf8(int index, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        // A decoder that reports errors costs an object and a slow loop; this one writes U+FFFD.
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : strictUtf8(bytes);
    }

    private static @Nullable String strictUtf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private StunAttribute uint32(int value, LongFunction<StunAttribute> make) {
        return view.valueLength(value) == 4
                ? make.apply(buffer.getUnsignedInt(value))
                : wrongLength(value, 4);
    }

    private StunAttribute uint64(int value, LongFunction<StunAttribute> make) {
        return view.valueLength(value) == 8
                ? make.apply(buffer.getLong(value))
                : wrongLength(value, 8);
    }

    // The other three bytes are reserved and ignored (F-03, F-10).
    private StunAttribute firstByteOfFour(int value, IntFunction<StunAttribute> make) {
        return view.valueLength(value) == 4
                ? make.apply(buffer.getUnsignedByte(value))
                : wrongLength(value, 4);
    }

    private StunAttribute empty(int value, StunAttribute attribute) {
        return view.valueLength(value) == 0 ? attribute : wrongLength(value, 0);
    }

    private StunAttribute sized(int value, int length, Function<Octets, StunAttribute> make) {
        return view.valueLength(value) == length
                ? make.apply(octets(value))
                : wrongLength(value, length);
    }

    // reserved bits are ignored, class 3 to 6 in the low three bits, number 0 to 99.
    private StunAttribute errorCode(int value) {
        String reason = reason(value);
        int code = code(value);
        return reason == null || code < 0
                ? invalid(value, "not an error code with a reason")
                : new StunAttribute.ErrorCode(code, reason);
    }

    private StunAttribute addressErrorCode(int value) {
        String reason = reason(value);
        int code = code(value);
        return reason == null || code < 0
                ? invalid(value, "not an error code with a reason")
                : new StunAttribute.AddressErrorCode(buffer.getUnsignedByte(value), code, reason);
    }

    private @Nullable String reason(int value) {
        int length = view.valueLength(value) - 4;
        return length < 0 || length > TEXT_MAX_LENGTH ? null : utf8(value + 4, length);
    }

    private int code(int value) {
        if (view.valueLength(value) < 4) {
            return -1;
        }
        int hundreds = buffer.getByte(value + 2) & 0x07;
        int number = buffer.getUnsignedByte(value + 3);
        return hundreds < 3 || hundreds > 6 || number > 99 ? -1 : hundreds * 100 + number;
    }

    private StunAttribute unknownAttributes(int value) {
        int length = view.valueLength(value);
        if ((length & 1) != 0) {
            return invalid(value, "odd number of bytes");
        }
        List<Integer> types = new ArrayList<>(length / 2);
        for (int i = 0; i < length; i += 2) {
            types.add(buffer.getUnsignedShort(value + i));
        }
        return new StunAttribute.UnknownAttributes(types);
    }

    // F-13: the other seven bits are reserved and ignored.
    private StunAttribute evenPort(int value) {
        return view.valueLength(value) == 1
                ? new StunAttribute.EvenPort((buffer.getByte(value) & 0x80) != 0)
                : wrongLength(value, 1);
    }

    // RFC 5780 §7.5 counts the two bytes of padding in its figure but not in its text.
    private StunAttribute responsePort(int value) {
        int length = view.valueLength(value);
        return length == 4 || length == 2
                ? new StunAttribute.ResponsePort(buffer.getUnsignedShort(value))
                : wrongLength(value, 4);
    }

    private StunAttribute passwordAlgorithm(int value) {
        int end = value + view.valueLength(value);
        StunAttribute.@Nullable PasswordAlgorithm algorithm = algorithmAt(value, end);
        // The parameters' own padding may or may not be counted in the attribute's length.
        return algorithm == null || end - value > algorithmLength(algorithm)
                ? invalid(value, "parameters do not fill the value")
                : algorithm;
    }

    // D-13
    private StunAttribute passwordAlgorithms(int value) {
        int end = value + view.valueLength(value);
        List<StunAttribute.PasswordAlgorithm> algorithms = new ArrayList<>();
        int index = value;
        while (index < end) {
            StunAttribute.@Nullable PasswordAlgorithm algorithm = algorithmAt(index, end);
            if (algorithm == null) {
                return invalid(value, "an algorithm runs past the end");
            }
            algorithms.add(algorithm);
            index += algorithmLength(algorithm);
        }
        return new StunAttribute.PasswordAlgorithms(algorithms);
    }

    private StunAttribute.@Nullable PasswordAlgorithm algorithmAt(int index, int end) {
        if (end - index < 4) {
            return null;
        }
        int length = buffer.getUnsignedShort(index + 2);
        if (length > end - index - 4) {
            return null;
        }
        return new StunAttribute.PasswordAlgorithm(
                buffer.getUnsignedShort(index), Octets.of(buffer, index + 4, length));
    }

    private static int algorithmLength(StunAttribute.PasswordAlgorithm algorithm) {
        return 4 + StunView.padded(algorithm.parameters().length());
    }

    // D-21
    private StunAttribute integritySha256(int value) {
        return MessageIntegrity.isSha256Length(view.valueLength(value))
                ? new StunAttribute.MessageIntegritySha256Value(octets(value))
                : invalid(value, "length is not 16, 20, 24, 28 or 32");
    }

    private StunAttribute wrongLength(int value, int expected) {
        return invalid(value, "length " + view.valueLength(value) + ", expected " + expected);
    }

    private StunAttribute invalid(int value, String why) {
        return new StunAttribute.InvalidAttribute(view.typeOf(value), why, octets(value));
    }

    private Octets octets(int value) {
        return Octets.of(buffer, value, view.valueLength(value));
    }
}
