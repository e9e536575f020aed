package org.turnd.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What an HTTP server answers to the bytes of one connection.
public final class HttpAnswers {
    private static final String VERSION = "HTTP/1.1 ";

    private HttpAnswers() {}

    /// Sends the bytes in pieces, the first byte says how large, and returns the only answer's
    /// status, or 0 when there is none.
    public static int status(byte[] input, ChannelHandler... server) {
        var channel = new EmbeddedChannel(server);
        int piece = 1 + Byte.toUnsignedInt(input[0]);
        var text = new StringBuilder();
        for (int at = 1; at < input.length && channel.isOpen(); at += piece) {
            int end = Math.min(input.length, at + piece);
            channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(input, at, end)));
            channel.runPendingTasks();
        }
        channel.finish();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        channel.releaseInbound();
        String answer = text.toString();
        if (answer.isEmpty()) {
            return 0;
        }
        assertTrue(answer.startsWith(VERSION), answer);
        assertTrue(answer.indexOf("\n" + VERSION) < 0, answer);
        return Integer.parseInt(answer.substring(VERSION.length(), VERSION.length() + 3));
    }
}
