package org.turnd.server.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Writes the messages that clients send.
final class RequestWriter {
    private final RandomGenerator random;
    private final StunWriter writer = new StunWriter();
    private final MessageIntegrity integrity = new MessageIntegrity();
    private final ByteBuf buffer = Unpooled.buffer(512);

    RequestWriter(RandomGenerator random) {
        this.random = random;
    }

    /// What a client signs with.
    record Signature(String username, String nonce, String password) {}

    TransactionId newTransactionId() {
        return TransactionId.of(random.nextInt(), random.nextLong());
    }

    /// @param signature null for a request without credentials
    byte[] request(
            StunMethod method,
            TransactionId id,
            List<StunAttribute> attributes,
            @Nullable Signature signature) {
        writer.begin(buffer, 0, method, StunClass.REQUEST, id);
        attributes.forEach(writer::put);
        if (signature != null) {
            sign(signature);
        }
        if (random.nextBoolean()) {
            writer.fingerprint();
        }
        return written();
    }

    /// As clients of RFC 5389 do, as those of RFC 8489 do, and sometimes against the rules.
    private void sign(Signature signature) {
        writer.put(new StunAttribute.Username(signature.username))
                .put(new StunAttribute.Realm(Authentication.REALM))
                .put(new StunAttribute.Nonce(signature.nonce));
        KeyAlgorithm algorithm = KeyAlgorithm.MD5;
        boolean chooses = random.nextInt(3) == 0;
        if (chooses) {
            algorithm = random.nextInt(4) == 0 ? KeyAlgorithm.MD5 : KeyAlgorithm.SHA_256;
            if (random.nextInt(16) > 0) {
                writer.put(Authentication.OFFERED);
            }
            if (random.nextInt(16) > 0) {
                writer.put(algorithm.attribute());
            }
        }
        IntegrityKey key =
                algorithm.key(signature.username, Authentication.REALM, signature.password);
        boolean sha256 = random.nextInt(8) == 0 ? !chooses : chooses;
        if (sha256) {
            writer.integritySha256(integrity, key);
        } else {
            writer.integrity(integrity, key);
        }
    }

    byte[] send(TransportAddress peer, byte[] data) {
        writer.begin(buffer, 0, StunMethod.SEND, StunClass.INDICATION, newTransactionId());
        StunAttribute to = new StunAttribute.XorPeerAddress(peer);
        StunAttribute payload = new StunAttribute.Data(Octets.of(data));
        boolean peerFirst = random.nextInt(4) > 0;
        writer.put(peerFirst ? to : payload).put(peerFirst ? payload : to);
        if (random.nextInt(12) == 0) {
            writer.put(new StunAttribute.DontFragment());
        }
        if (random.nextInt(30) == 0) {
            writer.put(new StunAttribute.UnknownAttribute(0x7F01, Octets.EMPTY));
        }
        if (random.nextInt(4) == 0) {
            writer.fingerprint();
        }
        return written();
    }

    /// ChannelData, padded or not.
    byte[] channelData(int channel, byte[] data) {
        int padding = random.nextBoolean() ? -data.length & 3 : 0;
        byte[] frame = new byte[4 + data.length + padding];
        frame[0] = (byte) (channel >> 8);
        frame[1] = (byte) channel;
        frame[2] = (byte) (data.length >> 8);
        frame[3] = (byte) data.length;
        System.arraycopy(data, 0, frame, 4, data.length);
        return frame;
    }

    private byte[] written() {
        byte[] bytes = new byte[writer.length()];
        buffer.getBytes(0, bytes);
        return bytes;
    }
}
