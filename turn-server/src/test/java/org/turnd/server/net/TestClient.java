package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.ChannelData;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// A TURN client that waits for each answer.
public final class TestClient implements AutoCloseable {
    private static final int STALE_NONCE = 438;
    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    private final Wire wire;
    private final MessageIntegrity mac = new MessageIntegrity();
    private String realm = TestSettings.REALM;
    private String username = TestSettings.USER;
    private IntegrityKey key =
            IntegrityKey.md5(TestSettings.USER, TestSettings.REALM, TestSettings.PASSWORD);
    private @Nullable String nonce;

    TestClient(Wire wire) {
        this.wire = wire;
    }

    public static TestClient udp(TransportAddress server) throws IOException {
        InetAddress loopback = InetAddress.ofLiteral(server.isIpv4() ? "127.0.0.1" : "::1");
        return new TestClient(Wire.udp(loopback, server));
    }

    public static TestClient tcp(TransportAddress server) throws IOException {
        return new TestClient(Wire.tcp(server));
    }

    /// Uses other credentials from now on.
    public TestClient as(String name, String password) {
        return as(name, TestSettings.REALM, password);
    }

    /// As above, in another realm.
    public TestClient as(String name, String inRealm, String password) {
        realm = inRealm;
        username = name;
        key = IntegrityKey.md5(name, inRealm, password);
        return this;
    }

    public Wire wire() {
        return wire;
    }

    /// Returns the bytes of a Binding request.
    static byte[] bindingRequest() {
        return encode(StunMethod.BINDING, StunClass.REQUEST);
    }

    static byte[] encode(StunMethod method, StunClass messageClass, StunAttribute... attributes) {
        var builder = StunMessage.builder(method, messageClass, id());
        for (StunAttribute attribute : attributes) {
            builder.add(attribute);
        }
        return ByteBufUtil.getBytes(builder.build().encode());
    }

    private static TransactionId id() {
        return TransactionId.of(RANDOM.nextInt(), RANDOM.nextLong());
    }

    /// Asks for and returns the address the server sees.
    public TransportAddress binding() throws IOException {
        wire.send(bindingRequest());
        return mapped(receiveStun());
    }

    static TransportAddress mapped(StunMessage answer) {
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass());
        return present(answer.first(XorMappedAddress.class)).address();
    }

    private static <T> T present(@Nullable T value) {
        assertNotNull(value);
        if (value == null) {
            throw new AssertionError();
        }
        return value;
    }

    StunMessage receiveStun() throws IOException {
        return decode(wire.receive());
    }

    public static StunMessage decode(byte[] bytes) {
        return assertInstanceOf(
                StunMessage.class,
                StunMessage.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length));
    }

    /// Allocates, and returns the relayed transport address.
    public TransportAddress allocate() throws IOException {
        return allocate(new RequestedTransport(RequestedTransport.UDP));
    }

    /// Allocates a TCP relay.
    TransportAddress allocateTcp() throws IOException {
        return allocate(new RequestedTransport(RequestedTransport.TCP));
    }

    TransportAddress allocateIpv6() throws IOException {
        return allocate(
                new RequestedTransport(RequestedTransport.UDP), new RequestedAddressFamily(2));
    }

    private TransportAddress allocate(StunAttribute... attributes) throws IOException {
        StunMessage answer = request(StunMethod.ALLOCATE, attributes);
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass(), answer::toString);
        return present(answer.first(XorRelayedAddress.class)).address();
    }

    void bindChannel(int number, TransportAddress peer) throws IOException {
        StunMessage answer =
                request(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(number),
                        new XorPeerAddress(peer));
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass(), answer::toString);
    }

    /// Sends an authenticated request, with a new nonce where it needs one, and returns the answer.
    public StunMessage request(StunMethod method, StunAttribute... attributes) throws IOException {
        if (nonce == null) {
            challenge();
        }
        wire.send(authenticated(method, attributes));
        StunMessage answer = receiveStun();
        ErrorCode error = answer.first(ErrorCode.class);
        if (error == null || error.code() != STALE_NONCE) {
            return answer;
        }
        nonce = present(answer.first(Nonce.class)).value();
        wire.send(authenticated(method, attributes));
        return receiveStun();
    }

    /// Begins with the nonce that another connection got.
    TestClient withNonceOf(TestClient other) {
        nonce = other.nonce;
        return this;
    }

    /// Gets a nonce.
    void challenge() throws IOException {
        wire.send(encode(StunMethod.ALLOCATE, StunClass.REQUEST));
        nonce = present(receiveStun().first(Nonce.class)).value();
    }

    byte[] authenticated(StunMethod method, StunAttribute... attributes) {
        ByteBuf buffer = Unpooled.buffer(512);
        StunWriter writer = new StunWriter().begin(buffer, 0, method, StunClass.REQUEST, id());
        for (StunAttribute attribute : attributes) {
            writer.put(attribute);
        }
        writer.put(new Username(username));
        writer.put(new Realm(realm));
        writer.put(new Nonce(present(nonce)));
        writer.integrity(mac, key);
        return ByteBufUtil.getBytes(buffer, 0, writer.length());
    }

    void sendChannelData(int number, byte[] data) throws IOException {
        wire.send(channelData(number, data));
    }

    static byte[] channelData(int number, byte[] data) {
        ByteBuf buffer = Unpooled.buffer(ChannelData.HEADER_LENGTH + data.length);
        ChannelData.writeHeader(buffer, 0, number, data.length);
        buffer.setBytes(ChannelData.HEADER_LENGTH, data);
        return ByteBufUtil.getBytes(buffer, 0, ChannelData.HEADER_LENGTH + data.length);
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
