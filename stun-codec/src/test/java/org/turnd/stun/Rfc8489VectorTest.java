package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.UserHashValue;

/// RFC 8489 appendix B.1: as printed (broken), with its length repaired, and as erratum 6268 has
/// it.
class Rfc8489VectorTest {
    private static final String REST_AS_PRINTED =
            """
            2112a44278ad3433c6ad72c029da412e001e00204a3cf38fef6992bd
            a952c6780417da0f24819415569e60b205c46e41407f1704001500296f624d61
            744a6f733241414143662f2f3439396b39353464364f4c33346f4c3946535476
            79363473410000000014000b6578616d706c652e6f7267\
            """
                    .replace("\n", "");
    static final String AS_PRINTED =
            "0001009c"
                    + REST_AS_PRINTED
                    + "00001c0020e4686c8f0edeb59013e07090010a93efccbccc544c0a45d9f830aa6d6f735a01";
    static final String LENGTH_REPAIRED =
            "00010088"
                    + REST_AS_PRINTED
                    + "00001c0020234112fbd4e27f983eb4032836f998216f5b23f8d927753fbc4f882bfbdf0dec";
    static final String ERRATUM_6268 =
            "00010090"
                    + REST_AS_PRINTED
                    + "00001d000400020000001c0020"
                    + "b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65";
    static final IntegrityKey KEY =
            IntegrityKey.sha256(Rfc5769Test.KATAKANA_USER, "example.org", "TheMatrIX");

    private final MessageIntegrity mac = new MessageIntegrity();

    @Test
    void refusesTheMessageAsPrinted() {
        ByteBuf buffer = Bytes.hex(AS_PRINTED);
        assertEquals(156, buffer.readableBytes());
        assertEquals(MalformedStun.LENGTH_MISMATCH, new StunView().wrap(buffer, 0, 156));
        assertEquals(MalformedStun.LENGTH_MISMATCH, Bytes.decode(buffer));
    }

    @Test
    void verifiesTheMessageWithRepairedLength() {
        assertTrue(mac.verifySha256(Bytes.view(LENGTH_REPAIRED), KEY));
    }

    @Test
    @Tag("W-02")
    void verifiesTheMessageOfTheErratum() {
        StunView view = Bytes.view(ERRATUM_6268);
        assertTrue(mac.verifySha256(view, KEY));
        assertFalse(mac.verify(view, KEY), "there is no SHA-1 attribute");
        StunMessage message = Bytes.message(ERRATUM_6268);
        assertEquals(
                new UserHashValue(
                        Octets.hex(
                                "4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704")),
                message.first(UserHashValue.class));
        assertEquals(
                new UserHashValue(UserHash.of(Rfc5769Test.KATAKANA_USER, "example.org")),
                message.first(UserHashValue.class)); // D-25
        assertEquals(
                new Nonce("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"), message.first(Nonce.class));
        assertEquals(new Realm("example.org"), message.first(Realm.class));
        assertEquals(
                new PasswordAlgorithm(PasswordAlgorithm.SHA256),
                message.first(PasswordAlgorithm.class));
    }

    @Test
    void writesTheMessageOfTheErratumByteForByte() {
        StunMessage message = Bytes.message(ERRATUM_6268);
        ByteBuf buffer = Unpooled.buffer(16);
        StunWriter writer =
                new StunWriter()
                        .begin(
                                buffer,
                                0,
                                message.method(),
                                message.messageClass(),
                                message.transactionId());
        message.attributes().stream()
                .filter(a -> a.type() != AttributeType.MESSAGE_INTEGRITY_SHA256)
                .forEach(writer::put);
        writer.integritySha256(mac, KEY);
        assertEquals(ERRATUM_6268, Bytes.hex(buffer.setIndex(0, writer.length())));
    }

    @Test
    void derivesTheKeysOfTheVector() {
        assertEquals(
                "dd295a613b9058c3c23d6dc7165bda072304d989c9d0af3a8c7e184b4f9bb4a1",
                Octets.of(KEY.toByteArray()).toString());
    }

    // W-02: the vector's password has U+00AD, which OpaqueString refuses; SASLprep dropped it.
    @Test
    void refusesThePasswordThatOnlySaslprepCouldPrepare() {
        assertNull(OpaqueString.prepare("The\u00ADM\u00AAtr\u2168"));
        assertEquals("M\u00AAtr\u2168", OpaqueString.prepare("M\u00AAtr\u2168"));
    }
}
