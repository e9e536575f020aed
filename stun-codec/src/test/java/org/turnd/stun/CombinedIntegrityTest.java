package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.InvalidAttribute;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;

/// Messages with both integrity attributes and FINGERPRINT, written and read byte for byte.
class CombinedIntegrityTest {
    private static final String COMBINED =
            """
            000300a02112a442000102030405060708090a0b001900041100000000060006
            67656f72676500000014000b6578616d706c652e636f6d00001500206f624d61
            744a6f73324141414261646c3757375065445534684b4537326a646180020008
            0001000000020000001d0004000200000008001423cf9f5e1ff956192bec8aaa
            58f472c39e71d645001c002092ab4c559d05baa4826621cadb364325d3872a77
            283d9f31d99dcee2c800ddd6802800042cf4b94e\
            """
                    .replace("\n", "");
    private static final String LEGACY =
            """
            000300602112a442000102030405060708090a0b001900041100000000060006
            67656f72676500000014000b6578616d706c652e636f6d00001500206f624d61
            744a6f73324141414261646c3757375065445534684b4537326a646100080014
            01d0d5d4ce568220212bd81551c6b57a5b7a79a4\
            """
                    .replace("\n", "");
    private static final String USERHASH =
            """
            000300982112a442000102030405060708090a0b0019000411000000001e0020
            91e4f5d79d5bd0486611ba719b6409627d99ca78d7c3a1ee92d9f0cc0fb6a867
            0014000b6578616d706c652e636f6d00001500206f624d61744a6f7332414141
            4461646c3757375065445534684b4537326a6461800200080001000000020000
            001d000400020000001c0020ff0d9a2fe164715df661004c04e8022aa159bd14
            daa3950e44bb0e986e381efe\
            """
                    .replace("\n", "");
    private static final String SUCCESS =
            """
            010300442112a442000102030405060708090a0b001600080001e242e112a64d
            000d0004000002580020000800013a4ae112a643001c00204f95c8b14cf3ecfe
            4c5b65db47f6b38fc9e838e9cbb2cd6bcf9e6f4a796136b7\
            """
                    .replace("\n", "");

    private static final TransactionId ID = TransactionId.of(0x00010203, 0x0405060708090A0BL);
    private static final IntegrityKey SHA256 =
            IntegrityKey.sha256("george", "example.com", "secret");
    private static final IntegrityKey MD5 = IntegrityKey.md5("george", "example.com", "secret");
    private static final PasswordAlgorithms ALGORITHMS =
            new PasswordAlgorithms(
                    List.of(
                            new PasswordAlgorithm(PasswordAlgorithm.MD5),
                            new PasswordAlgorithm(PasswordAlgorithm.SHA256)));

    private final MessageIntegrity mac = new MessageIntegrity();
    private final ByteBuf buffer = Unpooled.buffer(256);
    private final StunWriter writer = new StunWriter();

    private StunWriter allocate() {
        return writer.begin(buffer, 3, StunMethod.ALLOCATE, StunClass.REQUEST, ID)
                .put(new RequestedTransport(RequestedTransport.UDP));
    }

    private String written() {
        return Bytes.hex(buffer.slice(3, writer.length()));
    }

    @Test
    @Tag("A-22")
    @Tag("D-22")
    void writesBothIntegrityAttributesAndFingerprint() {
        allocate()
                .put(new Username("george"))
                .put(new Realm("example.com"))
                .put(new Nonce("obMatJos2AAABadl7W7PeDU4hKE72jda"))
                .put(ALGORITHMS)
                .put(new PasswordAlgorithm(PasswordAlgorithm.SHA256))
                .integrity(mac, SHA256)
                .integritySha256(mac, SHA256)
                .fingerprint();
        assertEquals(COMBINED, written()); // A-22, D-22
    }

    @Test
    void writesTheLegacyRequest() {
        allocate()
                .put(new Username("george"))
                .put(new Realm("example.com"))
                .put(new Nonce("obMatJos2AAABadl7W7PeDU4hKE72jda"))
                .integrity(mac, MD5);
        assertEquals(LEGACY, written());
    }

    @Test
    void writesTheRequestWithUserHash() {
        allocate()
                .put(new UserHashValue(UserHash.of("george", "example.com")))
                .put(new Realm("example.com"))
                .put(new Nonce("obMatJos2AAADadl7W7PeDU4hKE72jda"))
                .put(ALGORITHMS)
                .put(new PasswordAlgorithm(PasswordAlgorithm.SHA256))
                .integritySha256(mac, SHA256);
        assertEquals(USERHASH, written());
    }

    @Test
    void writesTheSuccessResponse() {
        TransportAddress relayed = TransportAddress.ipv4(0xC000020F, 50000);
        TransportAddress mapped = TransportAddress.ipv4(0xC0000201, 7000);
        writer.begin(buffer, 3, StunMethod.ALLOCATE, StunClass.SUCCESS_RESPONSE, ID)
                .put(new XorRelayedAddress(relayed))
                .put(new Lifetime(600))
                .put(new XorMappedAddress(mapped))
                .integritySha256(mac, SHA256);
        assertEquals(SUCCESS, written());
    }

    @Test
    @Tag("D-22")
    void verifiesEveryMessage() {
        assertTrue(mac.verify(Bytes.view(COMBINED), SHA256));
        assertTrue(mac.verifySha256(Bytes.view(COMBINED), SHA256));
        assertTrue(Bytes.view(COMBINED).fingerprintMatches());
        assertTrue(mac.verify(Bytes.view(LEGACY), MD5));
        assertTrue(mac.verifySha256(Bytes.view(USERHASH), SHA256));
        assertTrue(mac.verifySha256(Bytes.view(SUCCESS), SHA256));
        assertFalse(mac.verify(Bytes.view(COMBINED), MD5));
        assertFalse(mac.verifySha256(Bytes.view(COMBINED), MD5));
        assertFalse(mac.verifySha256(Bytes.view(LEGACY), MD5));
        assertFalse(mac.verify(Bytes.view(USERHASH), SHA256));
    }

    private static final List<String> TRUNCATED =
            List.of(
                    "ba4dcb4b3a544110fd28c4774f3cc958",
                    "8d111cd84fcf33c464c3ccec08ba0001f89c2dbe",
                    "03b9ee8a94d2c2982cf095cfe007d29bb889cf781400f13c",
                    "f4456146d16eea1a407dc3915e94e5e6c562bc2315807f0985f44146",
                    "b853015849eabde6a57b0d1760bb3182f71e49cfc742ea11f09988cdcb0836d8");

    private static String truncated(String value) {
        int length = value.length() / 2;
        return "0001%04x2112a442000102030405060708090a0b0006000475736572001c%04x%s%s"
                .formatted(
                        8 + 4 + StunView.padded(length),
                        length,
                        value,
                        "00".repeat(StunView.padded(length) - length));
    }

    @Test
    void takesTruncatedIntegrityOnlyWhereTheCallerAllowsIt() {
        IntegrityKey key = IntegrityKey.sha256("user", "realm", "pass");
        for (String value : TRUNCATED) {
            int length = value.length() / 2;
            StunView view = Bytes.view(truncated(value));
            assertTrue(mac.verifySha256(view, key, 16), value);
            assertTrue(mac.verifySha256(view, key, length), value);
            assertFalse(mac.verifySha256(view, key, length + 4), value);
            assertEquals(length == 32, mac.verifySha256(view, key), value); // D-21
        }
    }

    @Test
    void refusesIntegrityOfMalformedLength() {
        IntegrityKey key = IntegrityKey.sha256("user", "realm", "pass");
        for (int length : List.of(0, 4, 8, 12, 18, 33, 36)) {
            String value = "ab".repeat(length);
            assertFalse(mac.verifySha256(Bytes.view(truncated(value)), key, 0), value); // D-21
            StunMessage message = Bytes.message(truncated(value));
            assertInstanceOf(
                    InvalidAttribute.class,
                    message.invalid(AttributeType.MESSAGE_INTEGRITY_SHA256));
        }
    }

    @Test
    void verifiesMessagesLongerThanItsScratchBuffer() {
        writer.begin(buffer, 3, StunMethod.ALLOCATE, StunClass.REQUEST, ID)
                .put(new StunAttribute.AccessToken(Octets.of(new byte[5000])))
                .integrity(mac, MD5)
                .integritySha256(mac, MD5)
                .fingerprint();
        StunView view = new StunView();
        assertEquals(null, view.wrap(buffer, 3, writer.length()));
        assertTrue(mac.verify(view, MD5));
        assertTrue(mac.verifySha256(view, MD5));
        assertTrue(view.fingerprintMatches());
        buffer.setByte(3 + 4000, 1);
        assertFalse(mac.verify(view, MD5));
        assertFalse(mac.verifySha256(view, MD5));
        assertFalse(view.fingerprintMatches());
    }

    @Test
    void verifiesAlternatelyWithDifferentKeys() {
        for (int i = 0; i < 3; i++) {
            assertTrue(mac.verify(Bytes.view(LEGACY), MD5));
            assertTrue(mac.verify(Bytes.view(COMBINED), SHA256));
            assertFalse(mac.verify(Bytes.view(LEGACY), SHA256));
        }
    }
}
