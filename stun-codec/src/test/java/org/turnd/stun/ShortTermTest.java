package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorMappedAddress;

/// The short-term credential mechanism (RFC 8489 §9.1), which ICE uses.
class ShortTermTest {
    private static final String PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
    private static final IntegrityKey KEY = IntegrityKey.shortTerm(PASSWORD);
    private static final TransactionId ID = TransactionId.of(7, 7);

    private final MessageIntegrity integrity = new MessageIntegrity();

    @Test
    @Tag("D-35")
    void theKeyIsThePassword() {
        assertEquals(PASSWORD, new String(KEY.toByteArray(), StandardCharsets.US_ASCII));
        // OpaqueString: NFC, and every space a plain one; letters keep their case.
        assertEquals(
                IntegrityKey.shortTerm("caf\u00E9 au lait"),
                IntegrityKey.shortTerm("cafe\u0301\u00A0au\u2003lait"));
        assertNotEquals(IntegrityKey.shortTerm("Secret"), IntegrityKey.shortTerm("secret"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("D-34")
    @Tag("D-35")
    void requestAndAnswerVerifyWithThePassword(boolean sha256) {
        StunView request = signed(StunClass.REQUEST, sha256, KEY, new Username("evtj:h6vY"));
        StunView answer =
                signed(
                        StunClass.SUCCESS_RESPONSE,
                        sha256,
                        KEY,
                        new XorMappedAddress(TransportAddress.ipv4(0xC0000201, 32853)));
        for (StunView message : new StunView[] {request, answer}) {
            assertEquals(sha256, message.hasMessageIntegritySha256());
            assertEquals(!sha256, message.hasMessageIntegrity());
            assertEquals(sha256, integrity.verifySha256(message, KEY));
            assertEquals(!sha256, integrity.verify(message, KEY));
            IntegrityKey other = IntegrityKey.shortTerm(PASSWORD + "x");
            assertFalse(integrity.verify(message, other));
            assertFalse(integrity.verifySha256(message, other));
        }
    }

    @Test
    @Tag("D-35")
    void aChangedMessageDoesNotVerify() {
        StunView message = signed(StunClass.REQUEST, true, KEY, new Username("evtj:h6vY"));
        assertTrue(integrity.verifySha256(message, KEY));
        int at = message.find(AttributeType.USERNAME);
        message.buffer().setByte(at, message.buffer().getByte(at) ^ 1);
        assertFalse(integrity.verifySha256(message, KEY));
    }

    private StunView signed(
            StunClass messageClass, boolean sha256, IntegrityKey key, StunAttribute attribute) {
        ByteBuf buffer = Unpooled.buffer(256);
        StunWriter writer = new StunWriter().begin(buffer, 0, StunMethod.BINDING, messageClass, ID);
        writer.put(attribute);
        if (sha256) {
            writer.integritySha256(integrity, key);
        } else {
            writer.integrity(integrity, key);
        }
        writer.fingerprint();
        StunView view = new StunView();
        assertEquals(null, view.wrap(buffer, 0, writer.length()));
        return view;
    }
}
