package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.AccessToken;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.AddressErrorCode;
import org.turnd.stun.StunAttribute.AlternateServer;
import org.turnd.stun.StunAttribute.ChangeRequest;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.DontFragment;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Icmp;
import org.turnd.stun.StunAttribute.InvalidAttribute;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ResponsePort;
import org.turnd.stun.StunAttribute.TransactionTransmitCounter;
import org.turnd.stun.StunAttribute.UnknownAttributes;

/// Attribute encodings, read and written, and beside each the values its type refuses.
class AttributeVectorTest {
    private static final String ID = "2112a442000102030405060708090a0b";

    private record Case(String digits, StunAttribute value) {}

    private static final List<Case> CASES =
            List.of(
                    new Case(
                            "800200080001000000020000",
                            new PasswordAlgorithms(
                                    List.of(
                                            new PasswordAlgorithm(PasswordAlgorithm.MD5),
                                            new PasswordAlgorithm(PasswordAlgorithm.SHA256)))),
                    new Case("001d000400020000", new PasswordAlgorithm(PasswordAlgorithm.SHA256)),
                    new Case("000a00027f010000", new UnknownAttributes(List.of(0x7F01))),
                    new Case(
                            "000a0006001a7f0100310000",
                            new UnknownAttributes(List.of(0x001A, 0x7F01, 0x0031))),
                    new Case(
                            "0009000f000004265374616c65204e6f6e636500",
                            ErrorReason.STALE_NONCE.attribute()),
                    new Case(
                            "0009001500000414556e6b6e6f776e20417474726962757465000000",
                            ErrorReason.UNKNOWN_ATTRIBUTE.attribute()),
                    new Case(
                            "8001002002000428416464726573732046616d696c79206e6f7420537570706f72746564",
                            new AddressErrorCode(2, 440, "Address Family not Supported")),
                    new Case("800400080000030400000500", new Icmp(3, 4, 1280)),
                    new Case("800400080000010400000000", new Icmp(1, 4, 0)),
                    new Case("000c000440000000", new ChannelNumber(0x4000)),
                    new Case("0018000180000000", new EvenPort(true)),
                    new Case("0018000100000000", new EvenPort(false)),
                    new Case("0019000411000000", new RequestedTransport(RequestedTransport.UDP)),
                    new Case("0019000406000000", new RequestedTransport(RequestedTransport.TCP)),
                    new Case("0017000402000000", new RequestedAddressFamily(2)),
                    new Case("8000000402000000", new AdditionalAddressFamily(2)),
                    new Case("001a0000", new DontFragment()),
                    new Case("002a000401020304", new ConnectionId(0x01020304)),
                    new Case("80300000", new MobilityTicket(Octets.EMPTY)),
                    new Case("0003000400000004", new ChangeRequest(true, false)),
                    new Case("0003000400000002", new ChangeRequest(false, true)),
                    new Case("0003000400000006", new ChangeRequest(true, true)),
                    new Case("002700049c400000", new ResponsePort(40000)),
                    new Case(
                            "8023000800010d96c0000209",
                            new AlternateServer(TransportAddress.ipv4(0xC0000209, 3478))),
                    new Case("8025000400000201", new TransactionTransmitCounter(2, 1)),
                    new Case(
                            "001b0040000c68346a336b326c326e346235617ef134a3d5e44e9a19cc7dc104b0c03d03"
                                    + "b2a551d8fdf5cd3b6dca6f10cfb77e5b2ddec84d293a5c50499359f0c2e26f76",
                            token(
                                    "000c68346a336b326c326e346235617ef134a3d5e44e9a19cc7dc104b0c03d03"
                                            + "b2a551d8fdf5cd3b6dca6f10cfb77e5b2ddec84d293a5c50499359f0"
                                            + "c2e26f76")),
                    new Case(
                            "001b0040000c68346a336b326c326e3462357fb9e99f0827be3df1e1bd651493d3031d36"
                                    + "df57079784aee5eacb65fad4f27fab1a3f97974b69f851b24bf5af09eda357e0",
                            token(
                                    "000c68346a336b326c326e3462357fb9e99f0827be3df1e1bd651493d3031d36"
                                            + "df57079784aee5eacb65fad4f27fab1a3f97974b69f851b24bf5af09"
                                            + "eda357e0")));

    private static AccessToken token(String digits) {
        return new AccessToken(Octets.hex(digits));
    }

    private static String message(String attribute) {
        return String.format(Locale.ROOT, "0003%04x%s%s", attribute.length() / 2, ID, attribute);
    }

    @Test
    void readsEveryVector() {
        for (Case c : CASES) {
            StunMessage message = Bytes.message(message(c.digits));
            assertEquals(List.of(c.value), message.attributes());
            assertEquals(c.value, message.first(c.value.getClass()));
        }
    }

    @Test
    void writesEveryVector() {
        for (Case c : CASES) {
            ByteBuf encoded = Bytes.message(message(c.digits)).encode();
            assertEquals(message(c.digits), Bytes.hex(encoded));
        }
    }

    @Test
    void ignoresReservedBits() {
        assertReads("0019000411abcdef", new RequestedTransport(17)); // F-03
        assertReads("0017000402abcdef", new RequestedAddressFamily(2)); // F-10
        assertReads("00180001ff000000", new EvenPort(true)); // F-13
        assertReads("001800017f000000", new EvenPort(false));
        assertReads("000c00044000abcd", new ChannelNumber(0x4000)); // J-02
        assertReads("80040008abcd030400000500", new Icmp(3, 4, 1280)); // I-14
        assertReads("00030004fffffff9", new ChangeRequest(false, false));
        assertReads("80250004abcd0201", new TransactionTransmitCounter(2, 1));
        assertReads("00090004fffffc00", new StunAttribute.ErrorCode(400, ""));
        assertReads(
                "80230008ff010d96c0000209",
                new AlternateServer(TransportAddress.ipv4(0xC0000209, 3478)));
        assertReads("002700029c40ffff", new ResponsePort(40000));
        assertReads("0017000407000000", new RequestedAddressFamily(7)); // F-10
    }

    private static void assertReads(String digits, StunAttribute expected) {
        assertEquals(List.of(expected), Bytes.message(message(digits)).attributes());
    }

    private record Broken(int type, String value, String why) {}

    private static final List<Broken> BROKEN =
            List.of(
                    new Broken(AttributeType.MAPPED_ADDRESS, "00030d96c0000209", "family 3"),
                    new Broken(AttributeType.MAPPED_ADDRESS, "00020d96c0000209", "v6 in 8"),
                    new Broken(AttributeType.MAPPED_ADDRESS, "00010d96", "short"),
                    new Broken(AttributeType.MAPPED_ADDRESS, "", "empty"),
                    new Broken(
                            AttributeType.XOR_PEER_ADDRESS, "0001" + "00".repeat(18), "v4 in 20"),
                    new Broken(
                            AttributeType.ALTERNATE_SERVER,
                            "00020d96" + "00000000000000000000ffffc0000209",
                            "IPv4-mapped"),
                    new Broken(
                            AttributeType.XOR_PEER_ADDRESS,
                            "00022c84" + "2112a442000102030405f9f8c8090802",
                            "IPv4-mapped and XORed"),
                    new Broken(AttributeType.USERNAME, "ff", "not UTF-8"),
                    new Broken(AttributeType.REALM, "eda080", "surrogate"),
                    new Broken(AttributeType.NONCE, "c080", "overlong"),
                    new Broken(AttributeType.SOFTWARE, "61".repeat(764), "A-29"),
                    new Broken(AttributeType.ERROR_CODE, "000004", "no number"),
                    new Broken(AttributeType.ERROR_CODE, "00000200", "class 2"),
                    new Broken(AttributeType.ERROR_CODE, "00000700", "class 7"),
                    new Broken(AttributeType.ERROR_CODE, "00000464", "number 100"),
                    new Broken(AttributeType.ERROR_CODE, "00000400ff", "reason not UTF-8"),
                    new Broken(AttributeType.ERROR_CODE, "00000400" + "61".repeat(764), "A-29"),
                    new Broken(AttributeType.ADDRESS_ERROR_CODE, "020004", "no number"),
                    new Broken(AttributeType.ADDRESS_ERROR_CODE, "02000200", "class 2"),
                    new Broken(AttributeType.UNKNOWN_ATTRIBUTES, "7f", "odd"),
                    new Broken(AttributeType.CHANNEL_NUMBER, "4000", "length"),
                    new Broken(AttributeType.LIFETIME, "000000000000000a", "F-17"),
                    new Broken(AttributeType.REQUESTED_TRANSPORT, "11", "F-02"),
                    new Broken(AttributeType.REQUESTED_ADDRESS_FAMILY, "0200", "F-10"),
                    new Broken(AttributeType.ADDITIONAL_ADDRESS_FAMILY, "020000", "length"),
                    new Broken(AttributeType.EVEN_PORT, "", "length"),
                    new Broken(AttributeType.EVEN_PORT, "80000000", "length"),
                    new Broken(AttributeType.DONT_FRAGMENT, "00", "length"),
                    new Broken(AttributeType.USE_CANDIDATE, "00000000", "length"),
                    new Broken(AttributeType.RESERVATION_TOKEN, "00000000", "F-06"),
                    new Broken(AttributeType.ICMP, "00000000", "length"),
                    new Broken(AttributeType.CONNECTION_ID, "0102", "length"),
                    new Broken(AttributeType.CHANGE_REQUEST, "0400", "length"),
                    new Broken(AttributeType.RESPONSE_PORT, "9c", "length"),
                    new Broken(AttributeType.TRANSACTION_TRANSMIT_COUNTER, "0201", "length"),
                    new Broken(AttributeType.PRIORITY, "0001", "length"),
                    new Broken(AttributeType.ICE_CONTROLLED, "00000001", "length"),
                    new Broken(AttributeType.ICE_CONTROLLING, "00000001", "length"),
                    new Broken(AttributeType.CACHE_TIMEOUT, "0001", "length"),
                    new Broken(AttributeType.USERHASH, "00".repeat(31), "D-25"),
                    new Broken(AttributeType.MESSAGE_INTEGRITY, "00".repeat(19), "length"),
                    new Broken(AttributeType.PASSWORD_ALGORITHM, "0002", "half a header"),
                    new Broken(AttributeType.PASSWORD_ALGORITHM, "00020004", "past the end"),
                    new Broken(AttributeType.PASSWORD_ALGORITHM, "0002000000000000", "two"),
                    new Broken(AttributeType.PASSWORD_ALGORITHMS, "00020004", "past the end"),
                    new Broken(AttributeType.PASSWORD_ALGORITHMS, "000100000002", "half"));

    @Test
    void givesBrokenValuesAsValues() {
        for (Broken broken : BROKEN) {
            int length = broken.value.length() / 2;
            String padding = "00".repeat(StunView.padded(length) - length);
            String digits = "%04x%04x%s%s".formatted(broken.type, length, broken.value, padding);
            StunMessage message = Bytes.message(message(digits));
            InvalidAttribute invalid = message.invalid(broken.type);
            assertNotNull(invalid, broken.toString());
            assertEquals(Octets.hex(broken.value), invalid.value(), broken.toString());
            assertEquals(List.of(invalid), message.attributes(), broken.toString());
            assertEquals(message(digits), Bytes.hex(message.encode()), broken.toString());
        }
    }

    @Test
    void readsTheLongestTexts() {
        String text = "a".repeat(763);
        String digits = "000602fb" + "61".repeat(763) + "00";
        assertReads(digits, new StunAttribute.Username(text));
    }
}
