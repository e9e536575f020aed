package org.turnd.server.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.turnd.stun.AttributeType;
import org.turnd.stun.MessageType;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A request written octet by octet, in any order and however wrong.
final class RawMessage {
    static final int HEADER_BYTES = 20;
    static final int COOKIE = 0x2112_A442;
    private static final int INTEGRITY_BYTES = 20;
    private static final int FAMILY_IPV4 = 1;
    private static final int FAMILY_IPV6 = 2;

    private final int type;
    private final byte[] transaction = new byte[12];
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    RawMessage(StunMethod method) {
        type = MessageType.of(method, StunClass.REQUEST);
        RandomGenerator.getDefault().nextBytes(transaction);
    }

    byte[] transaction() {
        return transaction.clone();
    }

    RawMessage attribute(int attributeType, byte... value) {
        ByteBuffer attribute = ByteBuffer.allocate(4 + (value.length + 3 & ~3));
        attribute.putShort((short) attributeType).putShort((short) value.length).put(value);
        body.writeBytes(attribute.array());
        return this;
    }

    RawMessage text(int attributeType, String value) {
        return attribute(attributeType, value.getBytes(StandardCharsets.UTF_8));
    }

    RawMessage udp() {
        return attribute(
                AttributeType.REQUESTED_TRANSPORT, (byte) 17, (byte) 0, (byte) 0, (byte) 0);
    }

    RawMessage lifetime(int seconds) {
        return attribute(AttributeType.LIFETIME, ByteBuffer.allocate(4).putInt(seconds).array());
    }

    RawMessage channel(int number) {
        return attribute(
                AttributeType.CHANNEL_NUMBER,
                ByteBuffer.allocate(4).putShort((short) number).array());
    }

    /// XOR-PEER-ADDRESS in the family that it is of.
    RawMessage peer(TransportAddress peer) {
        return peer.isIpv4()
                ? peer(FAMILY_IPV4, ByteBuffer.allocate(4).putInt((int) peer.low()), peer.port())
                : peerInIpv6(peer);
    }

    /// XOR-PEER-ADDRESS in 16 octets, an IPv4 address in its IPv4-mapped form.
    RawMessage peerInIpv6(TransportAddress peer) {
        ByteBuffer address = ByteBuffer.allocate(16).putLong(peer.high()).putLong(peer.low());
        return peer(FAMILY_IPV6, address, peer.port());
    }

    private RawMessage peer(int family, ByteBuffer address, int port) {
        byte[] mask = ByteBuffer.allocate(16).putInt(COOKIE).put(transaction).array();
        ByteBuffer value = ByteBuffer.allocate(4 + address.capacity());
        value.put((byte) 0).put((byte) family).putShort((short) (port ^ COOKIE >>> 16));
        for (int i = 0; i < address.capacity(); i++) {
            value.put((byte) (address.get(i) ^ mask[i]));
        }
        return attribute(AttributeType.XOR_PEER_ADDRESS, value.array());
    }

    /// MESSAGE-INTEGRITY over everything so far.
    RawMessage integrity(byte[] key) {
        byte[] signed = bytes(body.size() + 4 + INTEGRITY_BYTES);
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "HmacSHA1"));
            return attribute(AttributeType.MESSAGE_INTEGRITY, mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] bytes() {
        return bytes(body.size());
    }

    /// The message with another length in its header than its own.
    byte[] bytes(int claimedLength) {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + body.size());
        message.putShort((short) type).putShort((short) claimedLength).putInt(COOKIE);
        return message.put(transaction).put(body.toByteArray()).array();
    }

    /// The padding octets of every attribute of a message.
    static byte[] paddingOf(byte[] message) {
        var padding = new ByteArrayOutputStream();
        ByteBuffer reader = ByteBuffer.wrap(message);
        int at = HEADER_BYTES;
        while (at + 4 <= message.length) {
            int end = at + 4 + Short.toUnsignedInt(reader.getShort(at + 2));
            int next = end + 3 & ~3;
            padding.writeBytes(Arrays.copyOfRange(message, end, Math.min(next, message.length)));
            at = next;
        }
        return padding.toByteArray();
    }
}
