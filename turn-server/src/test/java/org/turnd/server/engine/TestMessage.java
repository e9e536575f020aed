package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.MessageType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.UnknownAttribute;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;

/// Writes a message attribute by attribute, in any order, right or wrong.
final class TestMessage {
    private final ByteBuf buffer = Unpooled.buffer(256);
    private final StunWriter writer = new StunWriter();
    private final MessageIntegrity integrity = new MessageIntegrity();

    private TestMessage(int messageType, TransactionId id) {
        writer.begin(buffer, 0, messageType, id.cookie(), id.high(), id.low());
    }

    static TestMessage request(StunMethod method, TransactionId id) {
        return ofType(MessageType.of(method, StunClass.REQUEST), id);
    }

    static TestMessage indication(StunMethod method, TransactionId id) {
        return ofType(MessageType.of(method, StunClass.INDICATION), id);
    }

    /// A message of any 14 bits of message type.
    static TestMessage ofType(int messageType, TransactionId id) {
        return new TestMessage(messageType, id);
    }

    TestMessage put(StunAttribute... attributes) {
        for (StunAttribute attribute : attributes) {
            writer.put(attribute);
        }
        return this;
    }

    /// Appends an attribute of any type with any value.
    TestMessage raw(int type, int... value) {
        byte[] bytes = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            bytes[i] = (byte) value[i];
        }
        return put(new UnknownAttribute(type, Octets.of(bytes)));
    }

    TestMessage integrity(IntegrityKey key) {
        writer.integrity(integrity, key);
        return this;
    }

    TestMessage integritySha256(IntegrityKey key) {
        writer.integritySha256(integrity, key);
        return this;
    }

    TestMessage fingerprint() {
        writer.fingerprint();
        return this;
    }

    byte[] bytes() {
        return Octets.of(buffer, 0, writer.length()).toByteArray();
    }
}
