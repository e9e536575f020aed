package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.engine.TestClient.Exchange;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChangeRequest;
import org.turnd.stun.StunAttribute.ChangedAddress;
import org.turnd.stun.StunAttribute.MappedAddress;
import org.turnd.stun.StunAttribute.OtherAddress;
import org.turnd.stun.StunAttribute.Padding;
import org.turnd.stun.StunAttribute.ResponseAddress;
import org.turnd.stun.StunAttribute.ResponseOrigin;
import org.turnd.stun.StunAttribute.ResponsePort;
import org.turnd.stun.StunAttribute.SourceAddress;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// NAT behaviour discovery (RFC 5780): listeners 0 to 3 are A1:P1, A1:P2, A2:P1 and A2:P2, 4 to 7
/// the same over IPv6, and 8 is a listener like any other.
class NatDiscoveryTest {
    private static final List<TransportAddress> LISTENERS =
            List.of(
                    EngineFixture.address("192.0.2.1", 3478),
                    EngineFixture.address("192.0.2.1", 3479),
                    EngineFixture.address("192.0.2.2", 3478),
                    EngineFixture.address("192.0.2.2", 3479),
                    EngineFixture.address("2001:db8:2::1", 3478),
                    EngineFixture.address("2001:db8:2::1", 3479),
                    EngineFixture.address("2001:db8:2::2", 3478),
                    EngineFixture.address("2001:db8:2::2", 3479));
    private static final int PLAIN_LISTENER = 8;
    private static final int MTU = 1498;
    private static final int PER_SECOND = 10;
    private static final int BURST = 4 * PER_SECOND;

    private final EngineFixture fixture = new EngineFixture(options -> options.classicStun = true);

    @BeforeEach
    void serve() {
        fixture.engine.serveDiscovery(sockets(MTU), PER_SECOND);
    }

    private static List<DiscoverySocket> sockets(int mtu) {
        var sockets = new ArrayList<DiscoverySocket>();
        for (int i = 0; i < LISTENERS.size(); i++) {
            sockets.add(new DiscoverySocket(i, LISTENERS.get(i), i ^ 1, i ^ 2, i ^ 3, mtu));
        }
        return sockets;
    }

    private TestClient clientOf(int listener) {
        String host = listener < 4 ? "198.51.100.1" : "2001:db8::1";
        return fixture.udp(listener, EngineFixture.address(host, 40_000));
    }

    /// The one datagram that came of a request.
    private static Output.ToClient only(List<Output> outputs) {
        assertEquals(1, outputs.size(), outputs::toString);
        return (Output.ToClient) outputs.getFirst();
    }

    private static byte[] binding(TestClient client, StunAttribute... attributes) {
        return client.request(StunMethod.BINDING).put(attributes).bytes();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    @Tag("N-01")
    void tellsAllAboutAddresses(int listener) {
        TestClient client = clientOf(listener);
        assertEquals(
                List.of(
                        new MappedAddress(client.address()),
                        new XorMappedAddress(client.address()),
                        new ResponseOrigin(LISTENERS.get(listener)),
                        new OtherAddress(LISTENERS.get(listener ^ 3))),
                client.exchange(binding(client)).answer().attributes());
    }

    /// RFC 5780 §6.1, table 1, from each of the listening addresses of both families.
    @ParameterizedTest
    @CsvSource({"false, false, 0", "true, false, 2", "false, true, 1", "true, true, 3"})
    @Tag("N-01")
    @Tag("N-02")
    void answersFromWhereTheClientAsksFor(boolean changeIp, boolean changePort, int changes) {
        for (int listener = 0; listener < LISTENERS.size(); listener++) {
            TestClient client = clientOf(listener);
            Output.ToClient answer =
                    only(client.feed(binding(client, new ChangeRequest(changeIp, changePort))));
            int from = listener ^ changes;
            assertEquals(from, answer.client().listener());
            assertEquals(client.address(), answer.client().address());
            StunMessage message = TestClient.decode(answer.bytes());
            assertEquals(
                    new ResponseOrigin(LISTENERS.get(from)), message.first(ResponseOrigin.class));
            assertEquals(
                    new OtherAddress(LISTENERS.get(listener ^ 3)),
                    message.first(OtherAddress.class));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("N-03")
    void refusesAChangeRequestWhereThereIsNoOtherAddress(boolean change) {
        TestClient client = fixture.udp(PLAIN_LISTENER, clientOf(0).address());
        Exchange exchange = client.exchange(binding(client, new ChangeRequest(change, change)));
        assertEquals(420, exchange.errorCode());
        assertEquals(
                new UnknownAttributes(List.of(AttributeType.CHANGE_REQUEST)),
                exchange.answer().first(UnknownAttributes.class));
        StunMessage plain = client.exchange(binding(client)).answer();
        assertEquals(List.of(new XorMappedAddress(client.address())), plain.attributes());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 53, 40_001, 65_535})
    @Tag("N-04")
    void answersToThePortTheClientAsksFor(int port) {
        for (int listener = 0; listener < LISTENERS.size(); listener += 3) {
            TestClient client = clientOf(listener);
            Output.ToClient answer = only(client.feed(binding(client, new ResponsePort(port))));
            assertEquals(client.address().withPort(port), answer.client().address());
            assertEquals(listener, answer.client().listener());
            assertEquals(
                    new MappedAddress(client.address()),
                    TestClient.decode(answer.bytes()).first(MappedAddress.class));
        }
    }

    @Test
    @Tag("N-04")
    void readsAResponsePortWithAndWithoutItsPadding() {
        TestClient client = clientOf(0);
        TestMessage two = client.request(StunMethod.BINDING).raw(0x0027, 0x12, 0x34);
        TestMessage four = client.request(StunMethod.BINDING).raw(0x0027, 0x12, 0x34, 9, 9);
        for (TestMessage request : List.of(two, four)) {
            assertEquals(0x1234, only(client.feed(request.bytes())).client().address().port());
        }
    }

    @Test
    @Tag("N-02")
    @Tag("N-04")
    void changesBothEnds() {
        TestClient client = clientOf(0);
        Output.ToClient answer =
                only(
                        client.feed(
                                binding(
                                        client,
                                        new ChangeRequest(true, true),
                                        new ResponsePort(7777))));
        assertEquals(3, answer.client().listener());
        assertEquals(client.address().withPort(7777), answer.client().address());
    }

    @Test
    @Tag("N-02")
    @Tag("N-04")
    void refusesMalformedWishes() {
        TestClient client = clientOf(0);
        List<TestMessage> bad =
                List.of(
                        client.request(StunMethod.BINDING).raw(AttributeType.CHANGE_REQUEST),
                        client.request(StunMethod.BINDING)
                                .raw(AttributeType.CHANGE_REQUEST, 0, 0, 0, 6, 0, 0, 0, 6),
                        client.request(StunMethod.BINDING).raw(AttributeType.RESPONSE_PORT, 1),
                        client.request(StunMethod.BINDING)
                                .raw(AttributeType.RESPONSE_PORT, 1, 2, 0, 0, 0),
                        client.request(StunMethod.BINDING).put(new ResponsePort(0)));
        for (TestMessage request : bad) {
            // To where it came from, from where it went to.
            assertEquals(400, client.exchange(request.bytes()).errorCode());
        }
    }

    @Test
    @Tag("N-05")
    void refusesPaddingToAnotherPort() {
        TestClient client = clientOf(0);
        byte[] request = binding(client, new ResponsePort(9), new Padding(Octets.of(new byte[8])));
        assertEquals(400, client.exchange(request).errorCode());
    }

    @ParameterizedTest
    @CsvSource({"1498, 1500", "1500, 1500", "9001, 9004", "65536, 65376"})
    @Tag("N-06")
    void padsAnAnswerToTheMtu(int mtu, int paddingBytes) {
        fixture.engine.serveDiscovery(sockets(mtu), PER_SECOND);
        for (int listener : new int[] {0, 7}) {
            for (int asked : new int[] {0, 1, 3000}) {
                TestClient client = clientOf(listener);
                TestMessage request =
                        client.request(StunMethod.BINDING)
                                .put(new Padding(Octets.of(new byte[asked])))
                                .fingerprint();
                Exchange exchange = client.exchange(request.bytes());
                assertEquals(paddingBytes, exchange.get(Padding.class).value().length());
                assertTrue(exchange.bytes().length() < 65_508);
            }
        }
    }

    @Test
    @Tag("N-06")
    void takesNoPaddingBeyondTheDatagram() {
        TestClient client = clientOf(0);
        byte[] request = binding(client, new Padding(Octets.of(new byte[8])));
        request[22] = (byte) 0xFF;
        assertEquals(List.of(), client.feed(request));
        assertEquals(1, fixture.count(Counter.DROPPED_MALFORMED));
    }

    @Test
    @Tag("N-07")
    void neverSendsAnAlternateServer() {
        TestClient client = clientOf(0);
        for (StunAttribute wish :
                List.of(new ChangeRequest(false, false), new Padding(Octets.of(new byte[4])))) {
            StunMessage answer = client.exchange(binding(client, wish)).answer();
            assertFalse(answer.has(AttributeType.ALTERNATE_SERVER));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "TLS"})
    @Tag("N-08")
    void refusesEveryWishOverStreams(Transport transport) {
        TestClient client = fixture.stream(transport, 0, clientOf(0).address());
        for (StunAttribute wish :
                List.of(
                        new ChangeRequest(false, false),
                        new ChangeRequest(true, true),
                        new ResponsePort(5),
                        new Padding(Octets.of(new byte[4])))) {
            assertEquals(420, client.exchange(binding(client, wish)).errorCode());
        }
        StunMessage plain = client.exchange(binding(client)).answer();
        assertEquals(List.of(new XorMappedAddress(client.address())), plain.attributes());
    }

    @Test
    @Tag("N-09")
    void refusesOtherUnknownAttributesAsEver() {
        TestClient client = clientOf(0);
        TestMessage request =
                client.request(StunMethod.BINDING)
                        .put(new ChangeRequest(true, true))
                        .put(new ResponseAddress(client.address()))
                        .raw(0x7F00);
        Exchange exchange = client.exchange(request.bytes());
        assertEquals(420, exchange.errorCode());
        assertEquals(
                List.of(AttributeType.RESPONSE_ADDRESS, 0x7F00),
                exchange.get(UnknownAttributes.class).types());
    }

    @Test
    @Tag("N-08")
    void turnRequestsKnowNothingOfIt() {
        TestClient client = clientOf(0);
        assertEquals(420, client.refusal(StunMethod.ALLOCATE, TestClient.UDP, new ResponsePort(9)));
    }

    @Test
    @Tag("N-10")
    void oneSourceGetsABurstAndThenSoManyASecond() {
        TestClient client = clientOf(0);
        TestClient otherPort = fixture.udp(1, client.address().withPort(5));
        assertEquals(BURST, answersOf(client, 100) + answersOf(otherPort, 10));
        assertEquals(110 - BURST, fixture.count(Counter.DROPPED_DISCOVERY_RATE));
        fixture.advance(1);
        assertEquals(PER_SECOND, answersOf(client, 100));
        fixture.advance(3600);
        assertEquals(BURST, answersOf(client, 100));
    }

    private static int answersOf(TestClient client, int requests) {
        int answers = 0;
        for (int i = 0; i < requests; i++) {
            answers += client.feed(binding(client, new ResponsePort(9))).size();
        }
        return answers;
    }

    @Test
    @Tag("N-10")
    void whatHarmsNobodyIsNotCounted() {
        TestClient client = clientOf(0);
        answersOf(client, 100);
        for (int i = 0; i < 100; i++) {
            client.exchange(binding(client));
            client.exchange(binding(client, new ChangeRequest(false, false)));
        }
        TestClient other = fixture.udp(0, EngineFixture.address("198.51.100.2", 40_000));
        assertEquals(BURST, answersOf(other, 100));
    }

    @Test
    @Tag("N-10")
    void aNetworkOfIpv6AddressesIsOneSource() {
        int answers = 0;
        for (int i = 1; i <= 100; i++) {
            TestClient one = fixture.udp(4, EngineFixture.address("2001:db8::" + i, 40_000));
            answers += answersOf(one, 1);
        }
        assertEquals(BURST, answers);
    }

    @Test
    @Tag("B-03")
    @Tag("N-02")
    void classicClientsMayChangeToo() {
        TestClient client = clientOf(0);
        TransactionId id = new TransactionId(1, 2, 3);
        byte[] request =
                TestMessage.request(StunMethod.BINDING, id)
                        .put(new ChangeRequest(true, false))
                        .bytes();
        Output.ToClient output = only(client.feed(request));
        assertEquals(2, output.client().listener());
        StunMessage answer = TestClient.decode(output.bytes());
        assertEquals(id, answer.transactionId());
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass());
        // RFC 3489 §8.1
        assertEquals(
                List.of(
                        new MappedAddress(client.address()),
                        new SourceAddress(LISTENERS.get(2)),
                        new ChangedAddress(LISTENERS.get(3))),
                answer.attributes());
    }

    @Test
    @Tag("B-03")
    @Tag("B-04")
    void classicClientsMayNotHaveAnswersSentElsewhere() {
        TestClient client = clientOf(0);
        for (StunAttribute wish :
                List.of(new ResponseAddress(client.address()), new ResponsePort(9))) {
            byte[] request =
                    TestMessage.request(StunMethod.BINDING, new TransactionId(1, 2, 3))
                            .put(wish)
                            .bytes();
            assertEquals(420, client.exchange(request).errorCode());
        }
    }
}
