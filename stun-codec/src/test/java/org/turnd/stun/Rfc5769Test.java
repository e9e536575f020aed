package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.IceControlled;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Priority;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorMappedAddress;

/// The four messages of RFC 5769, read by both faces.
class Rfc5769Test {
    static final String REQUEST =
            """
            000100582112a442b7e7a701bc34d686fa87dfae802200105354554e20746573
            7420636c69656e74002400046e0001ff80290008932ff9b151263b3600060009
            6576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249
            c1b571a280280004e57a3bcf\
            """
                    .replace("\n", "");
    static final String IPV4_RESPONSE =
            """
            0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563
            746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f9
            2af9ba53f06be7d780280004c07d4c96\
            """
                    .replace("\n", "");
    static final String IPV6_RESPONSE =
            """
            010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563
            746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014
            a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c\
            """
                    .replace("\n", "");
    static final String LONG_TERM_REQUEST =
            """
            000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383
            aae38383e382afe382b900000015001c662f2f3439396b39353464364f4c3334
            6f4c394653547679363473410014000b6578616d706c652e6f72670000080014
            f67024656dd64a3e02b8e0712e85c9a28ca89666\
            """
                    .replace("\n", "");
    static final IntegrityKey KEY = IntegrityKey.shortTerm("VOkJxbRl1RmTxUk/WvJxBt");
    static final String KATAKANA_USER = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";

    private final MessageIntegrity mac = new MessageIntegrity();

    @Test
    void readsTheRequestWithItsSpacesAsPadding() {
        StunView view = Bytes.view(REQUEST);
        assertEquals(StunMethod.BINDING.code(), view.method());
        assertEquals(StunClass.REQUEST, view.messageClass());
        assertEquals("b7e7a701bc34d686fa87dfae", view.transactionId().toString());
        assertTrue(mac.verify(view, KEY));
        assertTrue(view.fingerprintMatches());

        StunMessage message = Bytes.message(REQUEST); // the padding is 0x20
        assertEquals(new Software("STUN test client"), message.first(Software.class));
        assertEquals(new Priority(0x6E0001FF), message.first(Priority.class));
        assertEquals(new IceControlled(0x932FF9B151263B36L), message.first(IceControlled.class));
        assertEquals(new Username("evtj:h6vY"), message.first(Username.class));
        assertEquals(6, message.attributes().size());
    }

    @Test
    void readsTheIpv4Response() {
        StunView view = Bytes.view(IPV4_RESPONSE);
        assertEquals(StunClass.SUCCESS_RESPONSE, view.messageClass());
        assertTrue(mac.verify(view, KEY));
        assertTrue(view.fingerprintMatches());
        StunMessage message = Bytes.message(IPV4_RESPONSE);
        assertEquals(new Software("test vector"), message.first(Software.class));
        assertEquals(
                new XorMappedAddress(TransportAddress.ipv4(0xC0000201, 32853)),
                message.first(XorMappedAddress.class));
        assertEquals("192.0.2.1:32853", address(message).toString());
    }

    @Test
    void readsTheIpv6Response() throws UnknownHostException {
        StunView view = Bytes.view(IPV6_RESPONSE);
        assertTrue(mac.verify(view, KEY));
        assertTrue(view.fingerprintMatches());
        InetAddress expected = InetAddress.getByName("2001:db8:1234:5678:11:2233:4455:6677");
        TransportAddress address = address(Bytes.message(IPV6_RESPONSE));
        assertEquals(TransportAddress.of(expected, 32853), address);
        assertEquals("[2001:db8:1234:5678:11:2233:4455:6677]:32853", address.toString());
    }

    private static TransportAddress address(StunMessage message) {
        XorMappedAddress attribute = message.first(XorMappedAddress.class);
        assertNotNull(attribute);
        return attribute.address();
    }

    @Test
    void readsTheLongTermRequest() {
        StunView view = Bytes.view(LONG_TERM_REQUEST);
        IntegrityKey key = IntegrityKey.md5(KATAKANA_USER, "example.org", "TheMatrIX");
        assertEquals(Octets.hex("e8ca7ad59d5eb0518e312911d2dab2a9"), Octets.of(key.toByteArray()));
        assertTrue(mac.verify(view, key));
        assertFalse(view.hasFingerprint());
        StunMessage message = Bytes.message(LONG_TERM_REQUEST);
        assertEquals(new Username(KATAKANA_USER), message.first(Username.class));
        assertEquals(new Nonce("f//499k954d6OL34oL9FSTvy64sA"), message.first(Nonce.class));
        assertEquals(new Realm("example.org"), message.first(Realm.class));
    }

    @Test
    void refusesEveryMessageWithAnyCoveredBitFlipped() {
        for (String digits : List.of(REQUEST, IPV4_RESPONSE, IPV6_RESPONSE)) {
            byte[] original = Octets.hex(digits).toByteArray();
            StunView view = new StunView();
            for (int bit = 0; bit < original.length * 8; bit++) {
                byte[] flipped = original.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                ByteBuf buffer = Unpooled.wrappedBuffer(flipped);
                boolean accepted =
                        view.wrap(buffer, 0, flipped.length) == null
                                && view.fingerprintMatches()
                                && mac.verify(view, KEY);
                assertFalse(accepted, "bit " + bit + " of " + digits);
            }
        }
    }

    @Test
    void refusesAnotherKey() {
        assertFalse(mac.verify(Bytes.view(REQUEST), IntegrityKey.shortTerm("other")));
        assertTrue(mac.verify(Bytes.view(REQUEST), KEY));
    }
}
