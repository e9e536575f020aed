package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.ChannelData;
import org.turnd.stun.Decoded;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MalformedStun;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;
import org.turnd.stun.UserHash;

/// A client at one address: UDP, or one stream connection. Signs with the long-term credential
/// mechanism, and believes no answer it can't check.
final class TestClient {
    static final RequestedTransport UDP = new RequestedTransport(RequestedTransport.UDP);

    /// An answer with everything else the engine did for the same input.
    record Exchange(StunMessage answer, Octets bytes, List<Output> effects) {
        int errorCode() {
            ErrorCode error = answer.first(ErrorCode.class);
            return error == null ? 0 : error.code();
        }

        <T extends StunAttribute> T get(Class<T> attributeClass) {
            T attribute = answer.first(attributeClass);
            assertNotNull(attribute, () -> attributeClass.getSimpleName() + " in " + answer);
            return attribute;
        }
    }

    final ClientPath path;

    /// Takes part in the choice of an algorithm and signs with MESSAGE-INTEGRITY-SHA256, as RFC
    /// 8489 asks; otherwise MESSAGE-INTEGRITY, as RFC 5389 has it.
    boolean sha256;

    /// How the key is made where `sha256` is set; MD5 elsewhere.
    KeyAlgorithm algorithm = KeyAlgorithm.SHA_256;

    /// Sends USERHASH instead of USERNAME.
    boolean anonymous;

    String username = EngineFixture.USER;
    String password = EngineFixture.PASSWORD;
    String realm = EngineFixture.REALM;

    /// The last NONCE that the server sent.
    @Nullable String nonce;

    /// The PASSWORD-ALGORITHMS that came with it.
    private @Nullable PasswordAlgorithms algorithms;

    private final EngineFixture fixture;
    private final MessageIntegrity integrity = new MessageIntegrity();
    private int transactions;

    TestClient(EngineFixture fixture, ClientPath path) {
        this.fixture = fixture;
        this.path = path;
    }

    /// Uses other credentials from now on.
    TestClient as(String username, String password) {
        this.username = username;
        this.password = password;
        return this;
    }

    /// Says whether this fixture's engine gets its messages.
    boolean isOf(EngineFixture other) {
        return fixture == other;
    }

    Output.Destination destination() {
        return Output.Destination.of(path);
    }

    TransportAddress address() {
        return path.client();
    }

    IntegrityKey key() {
        return (sha256 ? algorithm : KeyAlgorithm.MD5).key(username, realm, password);
    }

    /// A transaction id that no other client and no earlier transaction has.
    TransactionId newTransaction() {
        return TransactionId.of(path.client().port() << 16 | path.listener(), ++transactions);
    }

    TestMessage request(StunMethod method) {
        return TestMessage.request(method, newTransaction());
    }

    TestMessage indication(StunMethod method) {
        return TestMessage.indication(method, newTransaction());
    }

    /// Who asks, REALM and NONCE, the last fetched with an Allocate when there is none yet; with
    /// the choice of an algorithm where one was offered.
    StunAttribute[] credentials() {
        String known = nonce;
        if (known == null) {
            Exchange challenge = exchange(request(StunMethod.ALLOCATE).put(UDP).bytes());
            assertEquals(401, challenge.errorCode());
            known = challenge.get(Nonce.class).value();
        }
        List<StunAttribute> shown = new ArrayList<>();
        shown.add(
                anonymous
                        ? new UserHashValue(UserHash.of(username, realm))
                        : new Username(username));
        shown.add(new Realm(realm));
        shown.add(new Nonce(known));
        if (sha256 && algorithms != null) {
            shown.add(algorithms);
            shown.add(algorithm.attribute());
        }
        return shown.toArray(StunAttribute[]::new);
    }

    /// A request with credentials and integrity, for [#exchange].
    byte[] signed(StunMethod method, StunAttribute... attributes) {
        return sign(request(method).put(attributes)).bytes();
    }

    /// Appends credentials and integrity.
    TestMessage sign(TestMessage message) {
        message.put(credentials());
        return sha256 ? message.integritySha256(key()) : message.integrity(key());
    }

    /// Sends bytes and returns all that comes of it.
    List<Output> feed(byte... bytes) {
        ByteBuf buffer = EngineFixture.input(bytes);
        int offset = EngineFixture.HEADROOM;
        if (path.transport() == Transport.UDP) {
            TransportAddress from = path.client();
            fixture.engine.onDatagram(
                    path.listener(),
                    from.high(),
                    from.low(),
                    from.port(),
                    buffer,
                    offset,
                    bytes.length,
                    fixture.nowNanos);
        } else {
            fixture.engine.onStreamMessage(path, buffer, offset, bytes.length, fixture.nowNanos);
        }
        return fixture.drain();
    }

    /// Sends a request that must get exactly one answer, to this client and nobody else.
    Exchange exchange(byte... request) {
        return answerIn(feed(request));
    }

    /// Finds the one answer in what the engine did.
    Exchange answerIn(List<Output> outputs) {
        List<Output> effects = new ArrayList<>(outputs);
        List<Output.ToClient> answers =
                outputs.stream()
                        .filter(Output.ToClient.class::isInstance)
                        .map(Output.ToClient.class::cast)
                        .toList();
        assertEquals(1, answers.size(), () -> "answers in " + outputs);
        Output.ToClient answer = answers.getFirst();
        assertEquals(destination(), answer.client());
        effects.remove(answer);
        StunMessage message = decode(answer.bytes());
        Nonce fresh = message.first(Nonce.class);
        if (fresh != null) {
            nonce = fresh.value();
            algorithms = message.first(PasswordAlgorithms.class);
        }
        return new Exchange(message, answer.bytes(), effects);
    }

    /// Sends a signed request. Its answer must be signed alike, unless the server says that it
    /// doesn't know who is asking.
    Exchange ask(StunMethod method, StunAttribute... attributes) {
        Exchange exchange = exchange(signed(method, attributes));
        if (exchange.errorCode() != 401 && exchange.errorCode() != 438) {
            assertTrue(isSigned(exchange), () -> "no integrity in " + exchange.answer());
        }
        return exchange;
    }

    /// Sends a signed request that must be refused and change nothing. Returns the error code.
    int refusal(StunMethod method, StunAttribute... attributes) {
        Exchange exchange = ask(method, attributes);
        assertEquals(List.of(), exchange.effects());
        assertEquals(StunClass.ERROR_RESPONSE, exchange.answer().messageClass());
        return exchange.errorCode();
    }

    /// Says whether an answer carries the integrity attribute this client signs with, and it is
    /// right.
    boolean isSigned(Exchange exchange) {
        StunView view = view(exchange.bytes());
        return sha256
                ? integrity.verifySha256(view, key()) && !view.hasMessageIntegrity()
                : integrity.verify(view, key()) && !view.hasMessageIntegritySha256();
    }

    /// Allocates over UDP and returns the relayed transport address.
    TransportAddress allocate(StunAttribute... attributes) {
        return succeed(askAllocate(attributes)).get(XorRelayedAddress.class).address();
    }

    /// Sends a signed Allocate with REQUESTED-TRANSPORT for UDP.
    Exchange askAllocate(StunAttribute... attributes) {
        StunAttribute[] all = new StunAttribute[attributes.length + 1];
        all[0] = UDP;
        System.arraycopy(attributes, 0, all, 1, attributes.length);
        return ask(StunMethod.ALLOCATE, all);
    }

    /// Refreshes with this lifetime and returns what was granted.
    long refresh(long seconds) {
        return succeed(ask(StunMethod.REFRESH, new Lifetime(seconds)))
                .get(Lifetime.class)
                .seconds();
    }

    void createPermission(TransportAddress... peers) {
        StunAttribute[] attributes = new StunAttribute[peers.length];
        for (int i = 0; i < peers.length; i++) {
            attributes[i] = new XorPeerAddress(peers[i]);
        }
        assertEquals(List.of(), succeed(ask(StunMethod.CREATE_PERMISSION, attributes)).effects());
    }

    void channelBind(int number, TransportAddress peer) {
        Exchange exchange =
                ask(StunMethod.CHANNEL_BIND, new ChannelNumber(number), new XorPeerAddress(peer));
        assertEquals(List.of(), succeed(exchange).effects());
    }

    /// Sends a Send indication.
    List<Output> send(TransportAddress peer, byte... data) {
        return feed(
                indication(StunMethod.SEND)
                        .put(new XorPeerAddress(peer), new Data(Octets.of(data)))
                        .bytes());
    }

    /// Sends ChannelData, on a stream with its padding.
    List<Output> channelData(int number, byte... data) {
        int length =
                path.transport() == Transport.UDP
                        ? ChannelData.HEADER_LENGTH + data.length
                        : ChannelData.paddedLength(data.length);
        byte[] message = new byte[length];
        System.arraycopy(channelDataBytes(number, data), 0, message, 0, data.length + 4);
        return feed(message);
    }

    /// The ChannelData message this client gets, without padding.
    Output.ToClient gotChannelData(int number, byte... data) {
        return Output.ToClient.of(this, channelDataBytes(number, data));
    }

    /// Checks that the only output is a Data indication to this client.
    void assertGotData(TransportAddress peer, byte[] data, List<Output> outputs) {
        Exchange exchange = answerIn(outputs);
        assertEquals(List.of(), exchange.effects());
        assertEquals(StunMethod.DATA, exchange.answer().method());
        assertEquals(StunClass.INDICATION, exchange.answer().messageClass());
        assertEquals(
                List.of(new XorPeerAddress(peer), new Data(Octets.of(data))),
                exchange.answer().attributes());
    }

    /// The connection of a stream client closes.
    List<Output> close() {
        fixture.engine.onStreamClosed(path, fixture.nowNanos);
        return fixture.drain();
    }

    static byte[] channelDataBytes(int number, byte... data) {
        ByteBuf buffer = Unpooled.buffer(ChannelData.HEADER_LENGTH + data.length);
        ChannelData.writeHeader(buffer, 0, number, data.length);
        buffer.setBytes(ChannelData.HEADER_LENGTH, data);
        return buffer.array();
    }

    static StunView view(Octets bytes) {
        StunView view = new StunView();
        assertEquals(
                null,
                view.wrap(Unpooled.wrappedBuffer(bytes.toByteArray()), 0, bytes.length()),
                () -> "malformed: " + bytes);
        return view;
    }

    static StunMessage decode(Octets bytes) {
        Decoded decoded = StunMessage.decode(view(bytes));
        return switch (decoded) {
            case StunMessage message -> message;
            case MalformedStun malformed -> throw new AssertionError(malformed + ": " + bytes);
        };
    }

    private static Exchange succeed(Exchange exchange) {
        assertEquals(
                StunClass.SUCCESS_RESPONSE,
                exchange.answer().messageClass(),
                () -> exchange.answer() + " " + exchange.errorCode());
        return exchange;
    }
}
