package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.MappedAddress;

/// A client of RFC 3489, which knows no magic cookie.
class ClassicTest {
    private static final String REQUEST = "00010000a1b2c3d4000102030405060708090a0b";
    private static final String RESPONSE =
            "0101000ca1b2c3d4000102030405060708090a0b0001000800018055c0000201";

    @Test
    void echoesAll128BitsOfTheTransactionId() {
        StunMessage request = Bytes.message(REQUEST);
        assertTrue(request.transactionId().isClassic());
        assertEquals("a1b2c3d4000102030405060708090a0b", request.transactionId().toString());
        ByteBuf response =
                StunMessage.builder(
                                StunMethod.BINDING,
                                StunClass.SUCCESS_RESPONSE,
                                request.transactionId())
                        .add(new MappedAddress(TransportAddress.ipv4(0xC0000201, 32853)))
                        .build()
                        .encode();
        assertEquals(RESPONSE, Bytes.hex(response)); // B-01
    }

    @Test
    void readsTheAnswer() {
        StunMessage response = Bytes.message(RESPONSE);
        assertEquals(
                List.of(new MappedAddress(TransportAddress.ipv4(0xC0000201, 32853))),
                response.attributes());
    }

    @Test
    void refusesResponseAddress() {
        String digits = "0001000ca1b2c3d4000102030405060708090a0b0002000800018055c0000201";
        StunMessage request = Bytes.message(digits);
        assertEquals(
                List.of(AttributeType.RESPONSE_ADDRESS),
                request.unknownComprehensionRequired()); // B-03, B-04
        assertTrue(Bytes.view(digits).hasUnknownComprehensionRequired());
    }
}
