package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.MessageType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section A, as far as what arrives: which bytes are a message at all.
class FramingConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final int COOKIE = 4;
    private static final int LENGTH = 2;

    /// RFC 5769 §2.1: a request with FINGERPRINT, ICE attributes, and spaces for padding.
    private static final String RFC_5769_REQUEST =
            """
            000100582112a442b7e7a701bc34d686fa87dfae802200105354554e20746573
            7420636c69656e74002400046e0001ff80290008932ff9b151263b3600060009
            6576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249
            c1b571a280280004e57a3bcf\
            """
                    .replace("\n", "");

    /// RFC 8489 §B.1 as printed: its length field doesn't match.
    private static final String RFC_8489_B1_AS_PRINTED =
            """
            0001009c2112a44278ad3433c6ad72c029da412e001e00204a3cf38fef6992bd
            a952c6780417da0f24819415569e60b205c46e41407f1704001500296f624d61
            744a6f733241414143662f2f3439396b39353464364f4c33346f4c3946535476
            79363473410000000014000b6578616d706c652e6f726700001c0020e4686c8f
            0edeb59013e07090010a93efccbccc544c0a45d9f830aa6d6f735a01\
            """
                    .replace("\n", "");

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    private byte[] binding() {
        return client.request(StunMethod.BINDING).bytes();
    }

    @Test
    @DisplayName("A-01 top bits 01 are ChannelData, top bits 10 and 11 are nothing")
    void treatsNothingWithTopBitsSetAsStun() {
        TransportAddress relay = client.allocate();
        client.channelBind(0x4001, PEER);
        byte[] request = binding();

        request[0] = (byte) 0x80;
        assertEquals(List.of(), client.feed(request));
        request[0] = (byte) 0xC0;
        assertEquals(List.of(), client.feed(request));
        assertEquals(2, fixture.count(Counter.DROPPED_NOT_STUN));

        // 0x4001, length 0: a frame of channel 0x4001 that happens to look like Binding.
        request[0] = 0x40;
        assertEquals(List.of(Output.ToPeer.of(relay, PEER)), client.feed(request));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 7})
    @DisplayName("A-02 length not a multiple of four: dropped")
    void dropsALengthThatIsNoMultipleOfFour(int length) {
        byte[] request = Arrays.copyOf(binding(), 20 + length);
        request[LENGTH + 1] = (byte) length;
        assertDropped(request);
    }

    @Test
    @DisplayName("A-03 a datagram shorter or longer than its length says: dropped")
    void dropsADatagramOfAnotherLengthThanItSays() {
        byte[] request = client.request(StunMethod.BINDING).put(new Software("12345678")).bytes();
        for (int length = 0; length < request.length; length++) {
            assertEquals(List.of(), client.feed(Arrays.copyOf(request, length)), "of " + length);
        }
        assertEquals(List.of(), client.feed(Arrays.copyOf(request, request.length + 1)));
        assertEquals(List.of(), client.feed(Arrays.copyOf(request, request.length + 4)));
        assertEquals(List.of(), client.feed(HexFormat.of().parseHex(RFC_8489_B1_AS_PRINTED)));
        assertEquals(0, client.exchange(request).errorCode(), "the whole is fine");
    }

    @ParameterizedTest
    @EnumSource(
            value = StunMethod.class,
            names = {"BINDING", "ALLOCATE", "REFRESH", "CREATE_PERMISSION", "CHANNEL_BIND"})
    @DisplayName("A-04 another cookie: dropped, for TURN methods always")
    void dropsAnotherCookie(StunMethod method) {
        byte[] request = client.request(method).bytes();
        for (int i = COOKIE; i < COOKIE + 4; i++) {
            byte[] classic = request.clone();
            classic[i] ^= 1;
            assertDropped(classic);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x000, 0x002, 0x005, 0x00A, 0x00B, 0x00C, 0x080, 0x0FF, 0xFFF})
    @DisplayName("A-05 a method this server doesn't serve: dropped, even with good credentials")
    void dropsAnUnknownMethod(int method) {
        int type = MessageType.of(method, StunClass.REQUEST);
        client.allocate();
        assertEquals(
                List.of(), client.feed(TestMessage.ofType(type, client.newTransaction()).bytes()));
        assertEquals(
                List.of(),
                client.feed(
                        client.sign(TestMessage.ofType(type, client.newTransaction())).bytes()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0006, 0x0007, 0x0013, 0x0014, 0x0017, 0x0018, 0x0019})
    @DisplayName("A-06 a class that the method doesn't have: dropped")
    void dropsAClassThatTheMethodDoesNotHave(int type) {
        client.allocate();
        client.createPermission(PEER);
        assertDropped(
                client.sign(TestMessage.ofType(type, client.newTransaction()).put(TestClient.UDP))
                        .bytes());
        assertEquals(1, fixture.count(Counter.DROPPED_UNEXPECTED_CLASS));
    }

    @ParameterizedTest
    @EnumSource(StunMethod.class)
    @DisplayName("A-07 a response to a request that was never sent: dropped")
    void dropsResponses(StunMethod method) {
        client.allocate();
        for (StunClass response : List.of(StunClass.SUCCESS_RESPONSE, StunClass.ERROR_RESPONSE)) {
            int type = MessageType.of(method, response);
            assertDropped(client.sign(TestMessage.ofType(type, client.newTransaction())).bytes());
        }
    }

    @Test
    @DisplayName("A-09 an attribute's length doesn't count its padding")
    void findsTheNextAttributeBehindThePadding() {
        for (int length = 0; length <= 8; length++) {
            byte[] request =
                    client.request(StunMethod.BINDING)
                            .put(new Software("x".repeat(length)))
                            .raw(0x7F01)
                            .bytes();
            TestClient.Exchange answer = client.exchange(request);
            assertEquals(List.of(0x7F01), answer.get(UnknownAttributes.class).types());
        }
    }

    @Test
    @DisplayName("A-10 A-09 A-20 padding of any bytes is accepted: RFC 5769 §2.1")
    void acceptsPaddingThatIsNotZero() {
        TestClient.Exchange answer = client.exchange(HexFormat.of().parseHex(RFC_5769_REQUEST));
        assertEquals(new XorMappedAddress(client.address()), answer.get(XorMappedAddress.class));
    }

    @Test
    @DisplayName("A-11 an attribute that runs past the message: dropped")
    void dropsAnAttributeThatRunsPastTheMessage() {
        client.allocate();
        for (StunMethod method : List.of(StunMethod.BINDING, StunMethod.REFRESH)) {
            byte[] request = client.request(method).put(new Software("12345678")).bytes();
            for (int length : new int[] {9, 12, 13, 0x100, 0xFFFF}) {
                byte[] overrun = request.clone();
                overrun[22] = (byte) (length >> 8);
                overrun[23] = (byte) length;
                assertDropped(overrun);
            }
        }
        // Signed as it stands: the last attribute says one byte more than there is.
        byte[] signed = client.signed(StunMethod.REFRESH);
        signed[signed.length - 21]++;
        assertDropped(signed);
    }

    @Test
    @DisplayName("A-13 an unknown comprehension-optional attribute is ignored")
    void ignoresUnknownOptionalAttributes() {
        byte[] binding = client.request(StunMethod.BINDING).raw(0xC0DE, 1, 2, 3).bytes();
        assertEquals(0, client.exchange(binding).errorCode());

        byte[] allocate =
                client.sign(
                                client.request(StunMethod.ALLOCATE)
                                        .raw(0xC0DE, 1)
                                        .put(TestClient.UDP)
                                        .raw(0xFFFF))
                        .bytes();
        assertEquals(0, client.exchange(allocate).errorCode());
    }

    @Test
    @DisplayName("A-14 a known attribute that nobody expected is ignored")
    void ignoresKnownButUnexpectedAttributes() {
        client.allocate();
        byte[] binding =
                client.request(StunMethod.BINDING)
                        .put(new XorMappedAddress(PEER), TestClient.UDP)
                        .raw(AttributeType.XOR_RELAYED_ADDRESS, 1, 2)
                        .bytes();
        assertEquals(0, client.exchange(binding).errorCode());
        RequestedTransport tcp = new RequestedTransport(RequestedTransport.TCP);
        assertEquals(0, client.ask(StunMethod.REFRESH, tcp).errorCode());
        assertEquals(
                0,
                client.ask(StunMethod.CREATE_PERMISSION, tcp, new XorPeerAddress(PEER))
                        .errorCode());
    }

    @Test
    @DisplayName("A-20 a wrong FINGERPRINT, or one that isn't last: dropped")
    void dropsAWrongFingerprint() {
        byte[] right = client.request(StunMethod.BINDING).fingerprint().bytes();
        for (int bit = 0; bit < 32; bit++) {
            byte[] wrong = right.clone();
            wrong[24 + bit / 8] ^= (byte) (1 << (bit % 8));
            assertDropped(wrong);
        }
        assertDropped(
                client.request(StunMethod.BINDING)
                        .fingerprint()
                        .put(new Software("behind"))
                        .bytes());
        assertDropped(
                client.request(StunMethod.BINDING).raw(AttributeType.FINGERPRINT, 1, 2).bytes());
        assertEquals(0, client.exchange(right).errorCode());
    }

    @Test
    @DisplayName("A-20 an indication with a wrong FINGERPRINT: dropped")
    void dropsAnIndicationWithAWrongFingerprint() {
        TransportAddress relay = client.allocate();
        client.createPermission(PEER);
        byte[] send =
                client.indication(StunMethod.SEND)
                        .put(new XorPeerAddress(PEER), new Data(Octets.of((byte) 7)))
                        .fingerprint()
                        .bytes();
        assertEquals(List.of(Output.ToPeer.of(relay, PEER, (byte) 7)), client.feed(send));
        send[send.length - 1] ^= 1;
        assertEquals(List.of(), client.feed(send));
    }

    @Test
    @DisplayName("A-21 FINGERPRINT is never required")
    void answersWithoutAFingerprint() {
        assertEquals(0, client.exchange(binding()).errorCode());
        client.allocate();
    }

    @Test
    @DisplayName("A-31 Binding without attributes or credentials: the observed source")
    void answersBindingWithTheObservedSource() {
        for (TestClient asking : List.of(fixture.udp(), fixture.tcp())) {
            TestClient.Exchange answer =
                    asking.exchange(asking.request(StunMethod.BINDING).bytes());
            assertEquals(List.of(), answer.effects());
            assertEquals(StunClass.SUCCESS_RESPONSE, answer.answer().messageClass());
            assertEquals(
                    List.of(new XorMappedAddress(asking.address())), answer.answer().attributes());
        }
    }

    @Test
    @DisplayName("A-32 a Binding indication gets no answer")
    void doesNotAnswerBindingIndications() {
        assertEquals(List.of(), client.feed(client.indication(StunMethod.BINDING).bytes()));
        assertEquals(
                List.of(), client.feed(client.indication(StunMethod.BINDING).raw(0x7F01).bytes()));
        assertEquals(List.of(), fixture.events.lines);
    }

    @Test
    @DisplayName("A-35 any bytes: no exception, and no more than one answer")
    void survivesAnyBytes() {
        client.allocate();
        client.createPermission(PEER);
        client.channelBind(0x4000, PEER);
        List<byte[]> seeds =
                List.of(
                        binding(),
                        client.signed(StunMethod.REFRESH),
                        client.signed(StunMethod.ALLOCATE, TestClient.UDP),
                        HexFormat.of().parseHex(RFC_5769_REQUEST),
                        TestClient.channelDataBytes(0x4000, new byte[100]));
        TestClient stream = fixture.tcp();
        SplittableRandom random = new SplittableRandom(35);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = mangle(seeds.get(i % seeds.size()), random);
            int run = i;
            List<Output> outputs = client.feed(bytes);
            assertTrue(outputs.size() <= 1, () -> "run " + run + ": " + outputs);
            assertTrue(stream.feed(bytes).size() <= 1, () -> "run " + run);
        }
        byte[] longest = new byte[0xFFFF];
        random.nextBytes(longest);
        for (int first = 0; first < 256; first++) {
            longest[0] = (byte) first;
            assertTrue(client.feed(longest).size() <= 1);
        }
    }

    @Test
    @DisplayName("A-35 a message of nothing but empty attributes is answered once, and shortly")
    void answersAMessageOfManyAttributes() {
        TestMessage message = TestMessage.request(StunMethod.BINDING, TransactionId.of(1, 2));
        for (int i = 0; i < 16_000; i++) {
            message.raw(0x7000 + i % 0xF00);
        }
        TestClient.Exchange answer = client.exchange(message.bytes());
        assertEquals(420, answer.errorCode());
        assertTrue(answer.bytes().length() <= 548);
    }

    private static byte[] mangle(byte[] seed, SplittableRandom random) {
        byte[] bytes =
                Arrays.copyOf(seed, random.nextInt(4) > 0 ? seed.length : random.nextInt(200));
        for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
            int at =
                    random.nextInt(
                            random.nextBoolean() ? Math.min(bytes.length, 24) : bytes.length);
            bytes[at] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private void assertDropped(byte[] bytes) {
        int allocations = fixture.engine.allocationCount();
        assertEquals(List.of(), client.feed(bytes));
        assertEquals(allocations, fixture.engine.allocationCount());
    }
}
