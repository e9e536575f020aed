package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;

/// Messages of the size and make that browsers and turnd send, in buffers as the server has them.
final class TypicalMessages {
    /// What a packet of audio carries.
    static final int DATA_BYTES = 200;

    static final String USERNAME = "1893456000:5f0c7a3e91";
    static final String REALM = "turn.example.org";
    static final String PASSWORD = "YzE2ZTQ0NzM1ZjQyOGJhN2Q0";
    static final TransportAddress PEER = TransportAddress.ipv4(0xC0000237, 50_000);

    private static final int BUFFER_BYTES = 512;
    private static final TransportAddress CLIENT = TransportAddress.ipv4(0xC6336401, 40_000);
    private static final TransportAddress RELAYED = TransportAddress.ipv4(0xCB00710A, 55_000);
    private static final TransactionId ID = TransactionId.of(0x01020304, 0x05060708090A0B0CL);

    private static final StunAttribute[] ALLOCATE_REQUEST = {
        new RequestedTransport(RequestedTransport.UDP),
        new Username(USERNAME),
        new Realm(REALM),
        new Nonce("obMatJos2AAAAaR4eqkHhyq2bZ7cC0o1fXQdWcQE")
    };

    private static final StunAttribute[] ALLOCATE_RESPONSE = {
        new XorRelayedAddress(RELAYED),
        new Lifetime(600),
        new XorMappedAddress(CLIENT),
        new Software("turnd")
    };

    private TypicalMessages() {}

    static ByteBuf buffer() {
        return Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(BUFFER_BYTES));
    }

    /// Writes an Allocate request as far as the integrity attribute.
    static StunWriter allocateRequest(StunWriter writer, ByteBuf buffer) {
        return put(writer, buffer, StunClass.REQUEST, ALLOCATE_REQUEST);
    }

    /// Writes an Allocate success response as far as the integrity attribute.
    static StunWriter allocateResponse(StunWriter writer, ByteBuf buffer) {
        return put(writer, buffer, StunClass.SUCCESS_RESPONSE, ALLOCATE_RESPONSE);
    }

    /// Writes a Send indication of [#DATA_BYTES].
    static StunWriter sendIndication(StunWriter writer, ByteBuf buffer) {
        return writer.begin(buffer, 0, StunMethod.SEND, StunClass.INDICATION, ID)
                .xorPeerAddress(PEER.high(), PEER.low(), PEER.port())
                .dataHeader(DATA_BYTES);
    }

    private static StunWriter put(
            StunWriter writer, ByteBuf buffer, StunClass messageClass, StunAttribute[] attributes) {
        writer.begin(buffer, 0, StunMethod.ALLOCATE, messageClass, ID);
        for (StunAttribute attribute : attributes) {
            writer.put(attribute);
        }
        return writer;
    }
}
