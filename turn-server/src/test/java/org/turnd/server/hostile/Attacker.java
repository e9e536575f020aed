package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;
import org.turnd.server.net.Wire;
import org.turnd.stun.AttributeType;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A client that knows a password and keeps no rule.
final class Attacker implements AutoCloseable {
    private final Wire wire;
    private String username = TestSettings.USER;
    private String password = TestSettings.PASSWORD;
    private String nonce = "";

    /// What came back.
    static final class Answer {
        private final byte[] bytes;
        private final StunMessage message;

        private Answer(byte[] bytes) {
            this.bytes = bytes;
            this.message = TestClient.decode(bytes);
        }

        byte[] bytes() {
            return bytes;
        }

        StunMessage message() {
            return message;
        }

        /// Returns the error code, 0 for success.
        int code() {
            ErrorCode error = message.first(ErrorCode.class);
            return error == null ? 0 : error.code();
        }

        @Override
        public String toString() {
            return message.toString();
        }
    }

    private Attacker(Wire wire) {
        this.wire = wire;
    }

    static Attacker udp(TurnServer server) throws IOException {
        return udp(server, "127.0.0.1");
    }

    static Attacker udp(TurnServer server, String from) throws IOException {
        TransportAddress to = address(server, Protocol.UDP);
        return new Attacker(Wire.udp(InetAddress.ofLiteral(from), to));
    }

    static Attacker tcp(TurnServer server) throws IOException {
        return new Attacker(Wire.tcp(address(server, Protocol.TCP)));
    }

    static TransportAddress address(TurnServer server, Protocol protocol) {
        return server.listeners().stream()
                .filter(listener -> listener.protocol() == protocol)
                .map(Listener::address)
                .findFirst()
                .orElseThrow();
    }

    /// Is somebody else from now on.
    Attacker as(String user, String secret) {
        username = user;
        password = secret;
        return this;
    }

    Wire wire() {
        return wire;
    }

    String nonce() {
        return nonce;
    }

    Attacker withNonce(String other) {
        nonce = other;
        return this;
    }

    /// Gets a nonce, and returns what else the server tells a stranger.
    Answer challenge() throws IOException {
        Answer answer = ask(new RawMessage(StunMethod.ALLOCATE).udp());
        assertEquals(401, answer.code());
        Nonce given = answer.message().first(Nonce.class);
        assertNotNull(given);
        nonce = given == null ? "" : given.value();
        return answer;
    }

    /// Adds credentials and the integrity to a message.
    RawMessage sign(RawMessage message) {
        return message.text(AttributeType.USERNAME, username)
                .text(AttributeType.REALM, TestSettings.REALM)
                .text(AttributeType.NONCE, nonce)
                .integrity(key());
    }

    private byte[] key() {
        String text = username + ":" + TestSettings.REALM + ":" + password;
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Answer ask(RawMessage message) throws IOException {
        wire.send(message.bytes());
        return receive();
    }

    Answer receive() throws IOException {
        return new Answer(wire.receive());
    }

    Answer askSigned(RawMessage message) throws IOException {
        return ask(sign(message));
    }

    /// Makes a relay of UDP in the default family, and returns the success.
    StunMessage allocate() throws IOException {
        challenge();
        Answer answer = askSigned(new RawMessage(StunMethod.ALLOCATE).udp());
        assertEquals(StunClass.SUCCESS_RESPONSE, answer.message().messageClass());
        return answer.message();
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
