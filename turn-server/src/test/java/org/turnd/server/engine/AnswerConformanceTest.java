package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section A, as far as what we say: error codes, SOFTWARE, long texts, size.
class AnswerConformanceTest {
    /// RFC 8489 §6.1: what fits into any IPv4 path.
    private static final int IPV4_BYTES_MAX = 548;

    /// Of RFC 8489 §14: 127 characters of six UTF-8 bytes each, and one.
    private static final int TEXT_BYTES_MAX = 763;

    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final XorPeerAddress PEER_ATTRIBUTE = new XorPeerAddress(PEER);
    private static final XorPeerAddress IPV6_PEER =
            new XorPeerAddress(address("2001:db8::55", 5000));

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    @DisplayName("A-26 ERROR-CODE: reserved bits zero, class, number, short reason")
    void writesEveryErrorCodeWell() {
        List<TestClient.Exchange> errors = new ArrayList<>();
        errors.add(client.exchange(client.request(StunMethod.ALLOCATE).bytes()));
        errors.add(client.ask(StunMethod.REFRESH));
        errors.add(client.ask(StunMethod.ALLOCATE));
        errors.add(client.ask(StunMethod.ALLOCATE, new RequestedTransport(6)));
        errors.add(client.askAllocate(new RequestedAddressFamily(7)));
        errors.add(client.askAllocate(new StunAttribute.DontFragment()));
        errors.add(client.askAllocate(new StunAttribute.ReservationToken(1)));
        client.allocate();
        errors.add(client.ask(StunMethod.CREATE_PERMISSION, IPV6_PEER));
        fixture.peers.denyHost(PEER);
        errors.add(client.ask(StunMethod.CREATE_PERMISSION, PEER_ATTRIBUTE));
        client.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        errors.add(client.ask(StunMethod.REFRESH));
        fixture.advanceSilently(599);
        client.as(EngineFixture.USER, EngineFixture.PASSWORD);
        fixture.advance(1801);
        errors.add(client.ask(StunMethod.REFRESH));

        assertEquals(
                List.of(401, 437, 400, 442, 440, 420, 508, 443, 403, 441, 438),
                errors.stream().map(TestClient.Exchange::errorCode).toList());
        errors.forEach(AnswerConformanceTest::assertWellFormedErrorCode);
    }

    private static void assertWellFormedErrorCode(TestClient.Exchange error) {
        StunView view = TestClient.view(error.bytes());
        int value = view.find(AttributeType.ERROR_CODE);
        int code = error.errorCode();
        assertEquals(24, value, "the first attribute");
        assertEquals(((code / 100) << 8) | (code % 100), view.buffer().getInt(value));
        String reason = error.get(ErrorCode.class).reason();
        assertTrue(!reason.isEmpty() && reason.length() < 128, reason);
    }

    @Test
    @DisplayName("A-27 A-28 SOFTWARE in every Allocate and Refresh answer, success and failure")
    void namesTheSoftwareInAllocateAndRefreshAnswers() {
        Software software = new Software("turnd");
        for (StunMethod method : List.of(StunMethod.ALLOCATE, StunMethod.REFRESH)) {
            TestClient.Exchange challenge = client.exchange(client.request(method).bytes());
            assertEquals(401, challenge.errorCode());
            assertEquals(software, challenge.get(Software.class));
        }
        assertEquals(software, client.ask(StunMethod.ALLOCATE).get(Software.class));
        assertEquals(software, client.askAllocate().get(Software.class));
        assertEquals(software, client.ask(StunMethod.REFRESH).get(Software.class));
        byte[] incomplete = client.request(StunMethod.REFRESH).integrity(client.key()).bytes();
        TestClient.Exchange bare = client.exchange(incomplete);
        assertEquals(400, bare.errorCode());
        assertEquals(software, bare.get(Software.class));
    }

    @Test
    @DisplayName("A-27 SOFTWARE can be switched off")
    @Tag("S-11")
    void doesNotNameTheSoftwareWhenToldSo() {
        EngineFixture silent = new EngineFixture(options -> options.software = null);
        TestClient asking = silent.udp();
        TestClient.Exchange challenge =
                asking.exchange(asking.request(StunMethod.ALLOCATE).bytes());
        assertTrue(!challenge.answer().has(AttributeType.SOFTWARE));
        assertTrue(!asking.askAllocate().answer().has(AttributeType.SOFTWARE));
        assertTrue(!asking.ask(StunMethod.REFRESH).answer().has(AttributeType.SOFTWARE));
    }

    @ParameterizedTest
    @CsvSource({"0x0006, 401", "0x0014, 401", "0x0015, 438"})
    @DisplayName("A-29 USERNAME, REALM and NONCE of up to 763 bytes parse; over it: 400")
    void readsLongTexts(String type, int expected) {
        int long_ = Integer.decode(type);
        assertEquals(expected, answerToText(long_, TEXT_BYTES_MAX));
        assertEquals(400, answerToText(long_, TEXT_BYTES_MAX + 1));
        assertEquals(400, answerToText(long_, 20_000));
        assertEquals(0, fixture.engine.allocationCount());
    }

    private int answerToText(int type, int length) {
        TestMessage message = client.request(StunMethod.ALLOCATE).put(TestClient.UDP);
        Octets text = Octets.utf8("x".repeat(length));
        for (StunAttribute credential : client.credentials()) {
            message.put(
                    credential.type() == type
                            ? new StunAttribute.UnknownAttribute(type, text)
                            : credential);
        }
        return client.exchange(message.integrity(client.key()).bytes()).errorCode();
    }

    @Test
    @DisplayName("A-29 SOFTWARE of any length harms nobody")
    void readsALongSoftware() {
        for (int length : new int[] {TEXT_BYTES_MAX, TEXT_BYTES_MAX + 1, 20_000}) {
            byte[] request =
                    client.request(StunMethod.BINDING)
                            .put(new Software("x".repeat(length)))
                            .bytes();
            assertEquals(0, client.exchange(request).errorCode());
        }
    }

    @Test
    @DisplayName("A-29 a text that isn't UTF-8: 400")
    void refusesTextThatIsNotUtf8() {
        client.credentials();
        TestMessage message =
                client.request(StunMethod.ALLOCATE)
                        .put(TestClient.UDP)
                        .raw(AttributeType.USERNAME, 0xC3, 0x28)
                        .put(new Realm(EngineFixture.REALM), new Nonce("nonce"));
        assertEquals(400, client.exchange(message.integrity(client.key()).bytes()).errorCode());
    }

    @Test
    @DisplayName("A-30 the largest answers fit into 548 bytes")
    void staysBelowTheSmallestMtu() {
        EngineFixture wordy = new EngineFixture(options -> options.software = "x".repeat(127));
        TestClient asking = wordy.udp();
        List<TestClient.Exchange> answers = new ArrayList<>();
        answers.add(
                asking.exchange(
                        asking.request(StunMethod.ALLOCATE)
                                .put(TestClient.UDP)
                                .fingerprint()
                                .bytes()));
        asking.sha256 = true;
        TestMessage unknown = asking.request(StunMethod.ALLOCATE).put(TestClient.UDP);
        for (int i = 0; i < 500; i++) {
            unknown.raw(0x7000 + i);
        }
        answers.add(asking.exchange(asking.sign(unknown).fingerprint().bytes()));
        answers.add(asking.askAllocate(new AdditionalAddressFamily(2)));
        TestClient reserving = wordy.udp();
        answers.add(reserving.askAllocate(new StunAttribute.EvenPort(true)));
        for (TestClient.Exchange answer : answers) {
            int length = answer.bytes().length();
            assertTrue(length <= IPV4_BYTES_MAX, () -> length + " bytes: " + answer.answer());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = StunMethod.class,
            names = {"ALLOCATE", "REFRESH", "CREATE_PERMISSION", "CHANNEL_BIND"})
    @DisplayName("A-30 the answer to a stranger is short")
    void answersStrangersShortly(StunMethod method) {
        byte[] request = client.request(method).bytes();
        assertTrue(client.exchange(request).bytes().length() < 200);
    }

    @Test
    @DisplayName("A-26 A-30 the reason is UTF-8")
    void writesReasonsInAscii() {
        TestClient.Exchange error =
                client.ask(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(0x4000),
                        PEER_ATTRIBUTE,
                        new Lifetime(1),
                        new Username("twice"));
        String reason = error.get(ErrorCode.class).reason();
        assertEquals(reason.length(), reason.getBytes(StandardCharsets.UTF_8).length);
    }
}
