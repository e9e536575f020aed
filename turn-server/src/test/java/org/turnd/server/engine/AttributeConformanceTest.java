package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section A, as far as attributes and what is answered to them.
class AttributeConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress OTHER_PEER = address("192.0.2.66", 6000);
    private static final Data DATA = new Data(Octets.utf8("data"));
    private static final int UNKNOWN = 0x7F01;

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    @DisplayName("A-08 an answer has the method, the cookie and the transaction id of its request")
    void answersUnderTheTransactionIdOfTheRequest() {
        TransactionId id = TransactionId.of(0x01234567, 0x89ABCDEF_FEDCBA98L);
        TestClient.Exchange success =
                client.exchange(TestMessage.request(StunMethod.BINDING, id).bytes());
        assertEquals("0101", hex(success, 0, 2));
        assertEquals("2112a4420123456789abcdeffedcba98", hex(success, 4, 20));

        TestClient.Exchange error =
                client.exchange(TestMessage.request(StunMethod.CHANNEL_BIND, id).bytes());
        assertEquals("0119", hex(error, 0, 2));
        assertEquals("2112a4420123456789abcdeffedcba98", hex(error, 4, 20));
    }

    @Test
    @DisplayName("A-10 every padding byte we send is zero")
    void padsWithZeros() {
        List<Octets> sent = new ArrayList<>();
        TransportAddress relay = client.allocate();
        sent.add(client.ask(StunMethod.ALLOCATE, TestClient.UDP).bytes());
        sent.add(client.exchange(client.request(StunMethod.REFRESH).bytes()).bytes());
        sent.add(client.exchange(client.request(StunMethod.BINDING).raw(UNKNOWN).bytes()).bytes());
        client.createPermission(PEER);
        for (int length = 0; length < 8; length++) {
            byte[] data = new byte[length];
            Arrays.fill(data, (byte) 0xFF);
            sent.add(client.answerIn(fixture.peerSends(relay, PEER, data)).bytes());
        }
        for (Octets message : sent) {
            assertPaddedWithZeros(message);
        }
    }

    @Test
    @DisplayName("A-12 of two attributes of one type the first counts")
    void takesTheFirstOfTwo() {
        TransportAddress relay = client.allocate();
        client.createPermission(PEER, OTHER_PEER);

        assertEquals(
                List.of(Output.ToPeer.of(relay, PEER, DATA.value().toByteArray())),
                client.feed(
                        client.indication(StunMethod.SEND)
                                .put(new XorPeerAddress(PEER), new XorPeerAddress(OTHER_PEER))
                                .put(DATA, new Data(Octets.utf8("other")))
                                .bytes()));
        TestClient.Exchange refreshed =
                client.ask(StunMethod.REFRESH, new Lifetime(1200), new Lifetime(0));
        assertEquals(1200, refreshed.get(Lifetime.class).seconds());
        assertEquals(
                0,
                client.ask(
                                StunMethod.CHANNEL_BIND,
                                new ChannelNumber(0x4000),
                                new ChannelNumber(0x4001),
                                new XorPeerAddress(PEER),
                                new XorPeerAddress(OTHER_PEER))
                        .errorCode());
        assertEquals(
                List.of(client.gotChannelData(0x4000, (byte) 1)),
                fixture.peerSends(relay, PEER, (byte) 1));
        client.assertGotData(
                OTHER_PEER, new byte[] {1}, fixture.peerSends(relay, OTHER_PEER, (byte) 1));
    }

    @Test
    @DisplayName("A-12 a malformed first attribute is not replaced by a second")
    void doesNotTakeTheSecondWhenTheFirstIsMalformed() {
        client.allocate();
        byte[] refresh =
                client.sign(
                                client.request(StunMethod.REFRESH)
                                        .raw(AttributeType.LIFETIME, 1)
                                        .put(new Lifetime(1200)))
                        .bytes();
        assertEquals(400, client.exchange(refresh).errorCode());
    }

    @Test
    @DisplayName("A-12 every XOR-PEER-ADDRESS of CreatePermission counts")
    void usesEveryPeerOfCreatePermission() {
        TransportAddress relay = client.allocate();
        client.createPermission(PEER, OTHER_PEER);
        assertEquals(1, client.send(PEER, (byte) 1).size());
        assertEquals(
                List.of(Output.ToPeer.of(relay, OTHER_PEER, (byte) 1)),
                client.send(OTHER_PEER, (byte) 1));
    }

    @Test
    @DisplayName("A-15 unknown comprehension-required attribute: 420 lists it and nothing else")
    void listsTheUnknownAttribute() {
        TestClient.Exchange answer =
                client.exchange(client.request(StunMethod.BINDING).raw(UNKNOWN, 1, 2).bytes());
        assertEquals(420, answer.errorCode());
        assertEquals(new UnknownAttributes(List.of(UNKNOWN)), answer.get(UnknownAttributes.class));
        assertEquals(List.of(), answer.effects());
        assertEquals(0, fixture.count(Counter.BINDING_REQUESTS));

        client.credentials();
        byte[] allocate =
                client.sign(client.request(StunMethod.ALLOCATE).put(TestClient.UDP).raw(UNKNOWN))
                        .bytes();
        assertEquals(List.of(), client.exchange(allocate).effects());
        assertEquals(0, fixture.engine.allocationCount());
    }

    @ParameterizedTest
    @CsvSource({"0x0002", "0x0003", "0x001B", "0x0026", "0x0027", "0x0000", "0x7FFF"})
    @DisplayName("A-15 what this server doesn't do is unknown to it, whoever registered it")
    void listsAttributesOfWhatItDoesNotDo(String type) {
        int number = Integer.decode(type);
        TestClient.Exchange answer =
                client.exchange(client.request(StunMethod.BINDING).raw(number, 0, 0, 0, 0).bytes());
        assertEquals(420, answer.errorCode());
        assertEquals(List.of(number), answer.get(UnknownAttributes.class).types());
    }

    @Test
    @DisplayName("A-16 three unknown attributes: three 16-bit values, length 6, two bytes of zero")
    void listsThreeUnknownAttributes() {
        TestClient.Exchange answer =
                client.exchange(
                        client.request(StunMethod.BINDING)
                                .raw(0x7F01)
                                .raw(0x7F02, 1)
                                .raw(0x7F01, 2)
                                .raw(0x7F03)
                                .bytes());
        StunView view = TestClient.view(answer.bytes());
        int value = view.find(AttributeType.UNKNOWN_ATTRIBUTES);
        assertEquals("000a00067f017f027f030000", hex(answer, value - 4, value + 8));
    }

    @Test
    @DisplayName("A-17 an indication with an unknown comprehension-required attribute: discarded")
    void discardsAnIndicationWithAnUnknownAttribute() {
        client.allocate();
        client.createPermission(PEER);
        for (TestMessage send :
                List.of(
                        client.indication(StunMethod.SEND)
                                .put(new XorPeerAddress(PEER), DATA)
                                .raw(UNKNOWN),
                        client.indication(StunMethod.SEND)
                                .raw(UNKNOWN)
                                .put(new XorPeerAddress(PEER), DATA))) {
            assertEquals(List.of(), client.feed(send.bytes()));
        }
        assertEquals(2, fixture.count(Counter.DROPPED_BAD_INDICATION));
    }

    @Test
    @DisplayName("A-18 unauthenticated: 401 before 420; authenticated: 420 with integrity")
    void authenticatesBeforeItRefusesUnknownAttributes() {
        byte[] unsigned =
                client.request(StunMethod.ALLOCATE).put(TestClient.UDP).raw(UNKNOWN).bytes();
        assertEquals(401, client.exchange(unsigned).errorCode());
        for (boolean sha256 : new boolean[] {false, true}) {
            client.sha256 = sha256;
            TestMessage message =
                    client.request(StunMethod.ALLOCATE).put(TestClient.UDP).raw(UNKNOWN);
            TestClient.Exchange answer = client.exchange(client.sign(message).bytes());
            assertEquals(420, answer.errorCode());
            assertTrue(client.isSigned(answer));
        }
    }

    @Test
    @DisplayName("A-19 attributes behind the integrity attribute are ignored")
    void ignoresWhatStandsBehindTheIntegrity() {
        client.allocate();
        for (boolean sha256 : new boolean[] {false, true}) {
            client.sha256 = sha256;
            TestMessage unknown = client.sign(client.request(StunMethod.REFRESH)).raw(UNKNOWN);
            assertEquals(0, client.exchange(unknown.bytes()).errorCode());
            TestMessage delete =
                    client.sign(client.request(StunMethod.REFRESH)).put(new Lifetime(0));
            TestClient.Exchange answer = client.exchange(delete.bytes());
            assertEquals(600, answer.get(Lifetime.class).seconds());
            assertEquals(List.of(), answer.effects());
        }
    }

    @Test
    @DisplayName("A-19 behind MESSAGE-INTEGRITY the SHA-256 one still counts, and FINGERPRINT")
    void honoursSha256AndFingerprintBehindTheIntegrity() {
        client.allocate();
        client.sha256 = true;
        TestMessage both =
                client.request(StunMethod.REFRESH)
                        .put(client.credentials())
                        .integrity(client.key())
                        .raw(UNKNOWN)
                        .integritySha256(client.key())
                        .fingerprint();
        TestClient.Exchange answer = client.exchange(both.bytes());
        assertEquals(0, answer.errorCode());
        assertTrue(client.isSigned(answer));
        byte[] broken = both.bytes();
        broken[broken.length - 1] ^= 1;
        assertEquals(List.of(), client.feed(broken));
    }

    @Test
    @DisplayName("A-22 A-23 FINGERPRINT is mirrored, last, and computed over the integrity")
    void mirrorsTheFingerprintAsLastAttribute() {
        client.credentials();
        for (boolean sha256 : new boolean[] {false, true}) {
            client.sha256 = sha256;
            TestMessage message = client.sign(client.request(StunMethod.REFRESH)).fingerprint();
            TestClient.Exchange answer = client.exchange(message.bytes());
            StunView view = TestClient.view(answer.bytes());
            assertTrue(view.fingerprintMatches());
            assertTrue(client.isSigned(answer));
            assertEquals(AttributeType.FINGERPRINT, answer.answer().attributes().getLast().type());
        }
        client.sha256 = false;
        TestClient.Exchange without = client.ask(StunMethod.REFRESH);
        assertFalse(TestClient.view(without.bytes()).hasFingerprint());
    }

    @Test
    @DisplayName("A-24 XOR-MAPPED-ADDRESS has the bytes of RFC 5769 §2.2 and §2.3")
    void writesTheMappedAddressOfTheRfc() {
        TransactionId id = TransactionId.of(0xB7E7A701, 0xBC34D686FA87DFAEL);
        byte[] request = TestMessage.request(StunMethod.BINDING, id).bytes();
        TestClient ipv4 = fixture.udp(0, address("192.0.2.1", 32853));
        assertEquals("002000080001a147e112a643", hex(ipv4.exchange(request), 20, 32));
        TestClient ipv6 = fixture.udp(0, address("2001:db8:1234:5678:11:2233:4455:6677", 32853));
        assertEquals(
                "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
                hex(ipv6.exchange(request), 20, 44));
    }

    @Test
    @DisplayName("A-24 a source in the IPv4-mapped form is an IPv4 source")
    void reportsAMappedSourceAsIpv4() {
        TransportAddress mapped = new TransportAddress(0, 0x0000FFFF_C0000201L, 32853);
        TestClient asking = fixture.udp(0, mapped);
        StunMessage answer = asking.exchange(asking.request(StunMethod.BINDING).bytes()).answer();
        assertEquals(
                List.of(new XorMappedAddress(address("192.0.2.1", 32853))), answer.attributes());
    }

    @ParameterizedTest
    @CsvSource({
        "0003138821120000", // family 3
        "0000138821120000", // family 0
        "0002138821120000", // IPv6 in 8 bytes
        "000113882112", // 6 bytes
        "''",
        "00021388000000000000000000000000000000000000", // 22 bytes
        "0001138800000000000000000000000000000000", // IPv4 in 20 bytes
    })
    @DisplayName("A-25 an address of no family or length: 400 in requests, else discarded")
    void refusesAMalformedAddress(String value) {
        client.allocate();
        client.createPermission(PEER);
        StunAttribute malformed =
                new StunAttribute.UnknownAttribute(
                        AttributeType.XOR_PEER_ADDRESS, Octets.hex(value));
        assertEquals(400, client.refusal(StunMethod.CREATE_PERMISSION, malformed));
        assertEquals(
                400, client.refusal(StunMethod.CHANNEL_BIND, new ChannelNumber(0x4000), malformed));
        byte[] send = client.indication(StunMethod.SEND).put(malformed, DATA).bytes();
        assertEquals(List.of(), client.feed(send));
    }

    @Test
    @DisplayName("A-25 the first byte of an address is ignored, and zero when we write it")
    void ignoresTheFirstByteOfAnAddress() {
        TransportAddress relay = client.allocate();
        client.createPermission(PEER);
        byte[] send =
                client.indication(StunMethod.SEND).put(new XorPeerAddress(PEER), DATA).bytes();
        send[24] = (byte) 0xFF;
        assertEquals(
                List.of(Output.ToPeer.of(relay, PEER, DATA.value().toByteArray())),
                client.feed(send));
        TestClient.Exchange data = client.answerIn(fixture.peerSends(relay, PEER, (byte) 1));
        assertEquals("001200080001", hex(data, 20, 26));
        TestClient.Exchange mapped = client.exchange(client.request(StunMethod.BINDING).bytes());
        assertEquals(0, mapped.bytes().at(24));
    }

    private static void assertPaddedWithZeros(Octets message) {
        byte[] bytes = message.toByteArray();
        int header = 20;
        while (header < bytes.length) {
            int length = ((bytes[header + 2] & 0xFF) << 8) | (bytes[header + 3] & 0xFF);
            int padded = (length + 3) / 4 * 4;
            byte[] padding = Arrays.copyOfRange(bytes, header + 4 + length, header + 4 + padded);
            assertArrayEquals(new byte[padding.length], padding, message.toString());
            header += 4 + padded;
        }
        assertEquals(bytes.length, header);
    }

    private static String hex(TestClient.Exchange exchange, int from, int to) {
        return HexFormat.of().formatHex(exchange.bytes().toByteArray(), from, to);
    }
}
