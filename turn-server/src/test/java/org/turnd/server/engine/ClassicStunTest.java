package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.engine.TestClient.Exchange;
import org.turnd.stun.AttributeType;
import org.turnd.stun.MessageType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.ChangeRequest;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.MappedAddress;
import org.turnd.stun.StunAttribute.ResponseAddress;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Clients of RFC 3489 (RFC 5389 §12.2), whose 128 bits of transaction id hold no cookie.
class ClassicStunTest {
    private static final TransactionId ID =
            new TransactionId(0x01020304, 0x05060708, 0x090A0B0C0D0E0F10L);
    private static final int REQUEST_LENGTH = 20;

    private final EngineFixture fixture = new EngineFixture(options -> options.classicStun = true);
    private final TestClient client = fixture.udp();

    private static TestMessage binding() {
        return TestMessage.request(StunMethod.BINDING, ID);
    }

    private void assertDropped(TestClient sender, byte... message) {
        assertEquals(List.of(), sender.feed(message));
        assertEquals(1, fixture.count(Counter.DROPPED_MALFORMED));
    }

    @Test
    @Tag("B-01")
    @Tag("B-02")
    void tellsTheMappedAddressAndNothingElse() {
        Exchange exchange = client.exchange(binding().bytes());
        assertEquals(StunClass.SUCCESS_RESPONSE, exchange.answer().messageClass());
        assertEquals(ID, exchange.answer().transactionId());
        assertEquals(List.of(new MappedAddress(client.address())), exchange.answer().attributes());
        assertEquals(1, fixture.count(Counter.BINDING_REQUESTS));
    }

    @Test
    @Tag("B-01")
    void tellsAnIpv6ClientItsAddress() {
        TestClient ipv6 = fixture.udp(0, EngineFixture.address("2001:db8::7", 7));
        assertEquals(
                List.of(new MappedAddress(ipv6.address())),
                ipv6.exchange(binding().bytes()).answer().attributes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @Tag("B-01")
    void takesAnIdForClassicThatDiffersFromTheCookieInOneBit(int octet) {
        int cookie = TransactionId.MAGIC_COOKIE ^ (1 << (8 * octet));
        TransactionId id = new TransactionId(cookie, 1, 2);
        Exchange exchange = client.exchange(TestMessage.request(StunMethod.BINDING, id).bytes());
        assertEquals(id, exchange.answer().transactionId());
        assertEquals(List.of(new MappedAddress(client.address())), exchange.answer().attributes());
    }

    @Test
    @Tag("B-02")
    void ignoresWhatRfc3489DefinedAndWhatIsOptional() {
        byte[] request =
                binding()
                        .raw(AttributeType.SOURCE_ADDRESS, 0, 1, 0, 1, 1, 2, 3, 4)
                        .raw(AttributeType.CHANGED_ADDRESS, 0, 1, 0, 1, 1, 2, 3, 4)
                        .raw(AttributeType.REFLECTED_FROM, 0, 1, 0, 1, 1, 2, 3, 4)
                        .raw(AttributeType.USERNAME, 'a', 'b', 'c', 'd')
                        .raw(AttributeType.PASSWORD, 'a', 'b', 'c', 'd')
                        .raw(AttributeType.SOFTWARE, 'v', 'o', 'i', 'p')
                        .fingerprint()
                        .bytes();
        assertEquals(
                List.of(new MappedAddress(client.address())),
                client.exchange(request).answer().attributes());
    }

    @Test
    @Tag("B-03")
    @Tag("B-04")
    void refusesToAnswerElsewhere() {
        TransportAddress victim = EngineFixture.address("192.0.2.99", 53);
        Exchange exchange = client.exchange(binding().put(new ResponseAddress(victim)).bytes());
        assertEquals(420, exchange.errorCode());
        assertEquals(List.of(), exchange.effects());
        // RFC 3489 §11.2.10: an even number of types.
        assertEquals(
                new UnknownAttributes(
                        List.of(AttributeType.RESPONSE_ADDRESS, AttributeType.RESPONSE_ADDRESS)),
                exchange.answer().first(UnknownAttributes.class));
    }

    @ParameterizedTest
    @EnumSource(names = {"BINDING", "SHARED_SECRET", "ALLOCATE"})
    @Tag("B-05")
    void refusesRequestsOverDtls(StunMethod method) {
        TestClient dtls = fixture.stream(Transport.DTLS, 0, client.address());
        Exchange exchange = dtls.exchange(TestMessage.request(method, ID).bytes());
        assertEquals(500, exchange.errorCode());
        assertEquals(ID, exchange.answer().transactionId());
        assertEquals(List.of(), exchange.effects());
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "TLS"})
    @Tag("B-05")
    @Tag("B-06")
    void answersNothingWithoutTheCookieOverStreams(Transport transport) {
        TestClient stream = fixture.stream(transport, 0, client.address());
        assertDropped(stream, binding().bytes());
    }

    @Test
    @Tag("B-05")
    void ignoresIndicationsOverDtls() {
        TestClient dtls = fixture.stream(Transport.DTLS, 0, client.address());
        byte[] indication = binding().bytes();
        indication[1] |= 0x10;
        assertDropped(dtls, indication);
    }

    @Test
    @Tag("B-03")
    void refusesAChangeRequest() {
        for (boolean change : new boolean[] {false, true}) {
            Exchange exchange =
                    client.exchange(binding().put(new ChangeRequest(change, change)).bytes());
            assertEquals(420, exchange.errorCode());
            assertEquals(ID, exchange.answer().transactionId());
        }
    }

    @Test
    @Tag("B-02")
    @Tag("B-03")
    void writesErrorsAsRfc3489ReadsThem() {
        Exchange exchange =
                client.exchange(
                        binding()
                                .put(new ResponseAddress(client.address()))
                                .put(new ChangeRequest(true, true))
                                .raw(0x7F00, 1, 2, 3, 4)
                                .bytes());
        assertEquals(
                List.of(
                        // RFC 3489 §11.2.9: a phrase of 4 n octets.
                        new ErrorCode(420, "Unknown Attribute   "),
                        new UnknownAttributes(List.of(0x0002, 0x0003, 0x7F00, 0x7F00))),
                exchange.answer().attributes());
    }

    @Test
    @Tag("B-04")
    void aFloodOfUnknownAttributesGetsNoLargeAnswer() {
        TestMessage request = binding();
        for (int i = 0; i < 500; i++) {
            request.raw(0x7000 + i);
        }
        byte[] bytes = request.bytes();
        Octets answer = client.exchange(bytes).bytes();
        assertTrue(answer.length() < bytes.length, () -> answer.length() + " octets");
    }

    @ParameterizedTest
    @EnumSource(value = StunMethod.class, mode = EnumSource.Mode.EXCLUDE, names = "BINDING")
    @Tag("A-04")
    @Tag("B-06")
    void dropsEveryOtherMethod(StunMethod method) {
        assertDropped(client, TestMessage.request(method, ID).bytes());
    }

    @ParameterizedTest
    @EnumSource(value = StunClass.class, mode = EnumSource.Mode.EXCLUDE, names = "REQUEST")
    @Tag("B-01")
    void dropsEveryOtherClass(StunClass messageClass) {
        int type = MessageType.of(StunMethod.BINDING, messageClass);
        assertDropped(client, TestMessage.ofType(type, ID).bytes());
    }

    @Test
    @Tag("A-04")
    void dropsTurnWithoutTheCookieFromAClientWithAnAllocation() {
        TransportAddress relay = client.allocate();
        byte[] refresh = client.signed(StunMethod.REFRESH);
        refresh[4] ^= 1;
        assertDropped(client, refresh);
        assertTrue(relay.port() > 0 && client.refresh(600) > 0, "the allocation lives on");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "TLS"})
    @Tag("B-06")
    void dropsThemOverStreams(Transport transport) {
        assertDropped(fixture.stream(transport, 0, client.address()), binding().bytes());
    }

    @Test
    @Tag("A-04")
    @Tag("B-07")
    void dropsThemWhereTheyAreNotWanted() {
        var usual = new EngineFixture();
        assertEquals(List.of(), usual.udp().feed(binding().bytes()));
        assertEquals(1, usual.count(Counter.DROPPED_MALFORMED));
    }

    @Test
    @Tag("B-01")
    void dropsWhatIsTruncatedTooLongOrWrong() {
        byte[] request = binding().raw(AttributeType.USERNAME, 'a', 'b', 'c', 'd').bytes();
        for (int length = 0; length < request.length; length++) {
            assertEquals(List.of(), client.feed(Arrays.copyOf(request, length)), "of " + length);
        }
        assertEquals(List.of(), client.feed(Arrays.copyOf(request, request.length + 4)));
        byte[] overrun = request.clone();
        overrun[REQUEST_LENGTH + 3] = 5;
        assertEquals(List.of(), client.feed(overrun));
        byte[] fingerprint = binding().fingerprint().bytes();
        fingerprint[fingerprint.length - 1] ^= 1;
        assertEquals(List.of(), client.feed(fingerprint));
    }

    @Test
    @Tag("B-01")
    void answersTheOthersAsEver() {
        assertEquals(0, client.exchange(client.request(StunMethod.BINDING).bytes()).errorCode());
    }
}
