package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;

/// Shorthand between hex digits, buffers, views and messages.
final class Bytes {
    private Bytes() {}

    static ByteBuf hex(String digits) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(digits));
    }

    static StunView view(String digits) {
        ByteBuf buffer = hex(digits);
        StunView view = new StunView();
        MalformedStun malformed = view.wrap(buffer, 0, buffer.readableBytes());
        if (malformed != null) {
            throw new AssertionError(malformed);
        }
        return view;
    }

    static Decoded decode(ByteBuf buffer) {
        return StunMessage.decode(buffer, buffer.readerIndex(), buffer.readableBytes());
    }

    static StunMessage message(ByteBuf buffer) {
        return switch (decode(buffer)) {
            case StunMessage message -> message;
            case MalformedStun malformed -> throw new AssertionError(malformed);
        };
    }

    static StunMessage message(String digits) {
        return message(hex(digits));
    }

    static String hex(ByteBuf buffer) {
        return ByteBufUtil.hexDump(buffer);
    }
}
