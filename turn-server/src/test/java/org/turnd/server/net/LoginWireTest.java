package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.stun.AttributeType;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;
import org.turnd.stun.UserHash;

/// Logging in as RFC 8489 has it, byte by byte over sockets.
@Timeout(60)
class LoginWireTest {
    private static final StunAttribute UDP_RELAY = new RequestedTransport(RequestedTransport.UDP);
    private static final PasswordAlgorithms OFFERED =
            new PasswordAlgorithms(
                    List.of(KeyAlgorithm.SHA_256.attribute(), KeyAlgorithm.MD5.attribute()));

    private final MessageIntegrity integrity = new MessageIntegrity();

    private record Answer(StunMessage message, StunView view) {
        int code() {
            ErrorCode error = message.first(ErrorCode.class);
            return error == null ? 0 : error.code();
        }
    }

    private static TurnServer start(Switch anonymity) throws Exception {
        return new TestSettings()
                .auth(auth -> withAnonymity(auth, anonymity))
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .start();
    }

    private static Auth withAnonymity(Auth auth, Switch anonymity) {
        return new Auth(
                auth.secrets(),
                auth.users(),
                auth.separator(),
                auth.nonceLifetime(),
                auth.passwordAlgorithms(),
                anonymity,
                auth.featureBits(),
                auth.expiredCredentials(),
                auth.quotaBy(),
                auth.oauth(),
                auth.stores());
    }

    private static Wire connect(TurnServer server, Protocol protocol) throws IOException {
        TransportAddress address =
                server.listeners().stream()
                        .filter(listener -> listener.protocol() == protocol)
                        .findFirst()
                        .orElseThrow()
                        .address();
        return protocol == Protocol.UDP
                ? Wire.udp(address.toInetAddress(), address)
                : Wire.tcp(address);
    }

    private static Answer challenge(Wire wire) throws IOException {
        wire.send(TestClient.encode(StunMethod.ALLOCATE, StunClass.REQUEST, UDP_RELAY));
        Answer answer = receive(wire);
        assertEquals(401, answer.code());
        return answer;
    }

    private static Answer receive(Wire wire) throws IOException {
        byte[] bytes = wire.receive();
        StunView view = new StunView();
        assertEquals(null, view.wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length));
        return new Answer((StunMessage) StunMessage.decode(view), view);
    }

    private Answer ask(
            Wire wire, StunMethod method, IntegrityKey key, List<StunAttribute> attributes)
            throws IOException {
        ByteBuf buffer = Unpooled.buffer(512);
        StunWriter writer =
                new StunWriter()
                        .begin(
                                buffer,
                                0,
                                method,
                                StunClass.REQUEST,
                                TransactionId.of(method.code(), System.nanoTime()));
        attributes.forEach(writer::put);
        writer.integritySha256(integrity, key);
        wire.send(ByteBufUtil.getBytes(buffer, 0, writer.length()));
        return receive(wire);
    }

    private static List<StunAttribute> login(
            StunAttribute name,
            Answer challenge,
            @Nullable PasswordAlgorithms list,
            KeyAlgorithm chosen) {
        List<StunAttribute> attributes = new ArrayList<>();
        attributes.add(UDP_RELAY);
        attributes.add(name);
        attributes.add(new Realm(TestSettings.REALM));
        Nonce nonce = challenge.message().first(Nonce.class);
        assertNotNull(nonce);
        attributes.add(nonce);
        if (list != null) {
            attributes.add(list);
            attributes.add(chosen.attribute());
        }
        return attributes;
    }

    private static IntegrityKey key(KeyAlgorithm algorithm) {
        return algorithm.key(TestSettings.USER, TestSettings.REALM, TestSettings.PASSWORD);
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    @Tag("D-12")
    @Tag("D-13")
    @Tag("D-14")
    @Tag("D-18")
    void logsInWithSha256(Protocol protocol) throws Exception {
        try (var server = start(Switch.OFF);
                var wire = connect(server, protocol)) {
            Answer challenge = challenge(wire);
            assertEquals(OFFERED, challenge.message().first(PasswordAlgorithms.class));
            IntegrityKey key = key(KeyAlgorithm.SHA_256);
            List<StunAttribute> login =
                    login(
                            new Username(TestSettings.USER),
                            challenge,
                            OFFERED,
                            KeyAlgorithm.SHA_256);
            for (StunMethod method : List.of(StunMethod.ALLOCATE, StunMethod.REFRESH)) {
                Answer answer = ask(wire, method, key, login);
                assertEquals(0, answer.code(), method::toString);
                assertTrue(integrity.verifySha256(answer.view(), key));
                assertFalse(answer.view().hasMessageIntegrity());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    @Tag("D-16")
    @Tag("D-17")
    @Tag("0/5")
    void refusesToBeBidDown(Protocol protocol) throws Exception {
        try (var server = start(Switch.OFF);
                var wire = connect(server, protocol)) {
            Answer challenge = challenge(wire);
            // Somebody in between took SHA-256 out of the list, and the client believed it.
            var onlyMd5 = new PasswordAlgorithms(List.of(KeyAlgorithm.MD5.attribute()));
            var name = new Username(TestSettings.USER);
            Answer bare =
                    ask(
                            wire,
                            StunMethod.ALLOCATE,
                            key(KeyAlgorithm.MD5),
                            login(name, challenge, onlyMd5, KeyAlgorithm.MD5));
            assertEquals(400, bare.code());
            assertFalse(bare.view().hasMessageIntegrity());
            assertFalse(bare.view().hasMessageIntegritySha256());
            // Or the bit out of the nonce as well.
            List<StunAttribute> blind = login(name, challenge, null, KeyAlgorithm.MD5);
            Nonce issued = challenge.message().first(Nonce.class);
            assertNotNull(issued);
            blind.set(3, new Nonce(issued.value().replace("obMatJos2AAAB", "obMatJos2AAAA")));
            Answer stale = ask(wire, StunMethod.ALLOCATE, key(KeyAlgorithm.MD5), blind);
            assertEquals(438, stale.code());
            assertEquals(OFFERED, stale.message().first(PasswordAlgorithms.class));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    @Tag("D-25")
    void findsAUserByTheHash(Protocol protocol) throws Exception {
        var hash = new UserHashValue(UserHash.of(TestSettings.USER, TestSettings.REALM));
        for (Switch anonymity : Switch.values()) {
            try (var server = start(anonymity);
                    var wire = connect(server, protocol)) {
                Answer challenge = challenge(wire);
                Answer answer =
                        ask(
                                wire,
                                StunMethod.ALLOCATE,
                                key(KeyAlgorithm.SHA_256),
                                login(hash, challenge, OFFERED, KeyAlgorithm.SHA_256));
                assertEquals(anonymity == Switch.ON ? 0 : 401, answer.code());
                assertEquals(
                        anonymity == Switch.ON,
                        answer.message().has(AttributeType.XOR_RELAYED_ADDRESS));
            }
        }
    }
}
