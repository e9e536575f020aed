package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorRelayedAddress;

/// The example of docs/stun-codec.md, which has to say what stands here between the marks.
class CodecGuideTest {
    private static ByteBuf ask(MessageIntegrity mac, IntegrityKey key, TransactionId id) {
        // guide: ask
        ByteBuf datagram = Unpooled.buffer(548);
        StunWriter writer = new StunWriter();
        writer.begin(datagram, 0, StunMethod.ALLOCATE, StunClass.REQUEST, id)
                .put(new RequestedTransport(RequestedTransport.UDP))
                .put(new Username("alice"))
                .put(new Realm("example.org"))
                .put(new Nonce("obMatJos2AAAAf00d"))
                .integrity(mac, key)
                .fingerprint();
        datagram.writerIndex(writer.length());
        // guide: end
        return datagram;
    }

    private static StunMessage serve(ByteBuf datagram, MessageIntegrity mac, IntegrityKey key) {
        // guide: serve
        StunView view = new StunView(); // one a thread, for every datagram
        MalformedStun malformed = view.wrapRequiringCookie(datagram, 0, datagram.readableBytes());
        if (malformed != null || !mac.verify(view, key)) {
            throw new AssertionError("drop it, or answer 401");
        }
        return switch (StunMessage.decode(view)) {
            case MalformedStun reason -> throw new AssertionError("drop it: " + reason.text());
            case StunMessage request -> {
                var answer =
                        StunMessage.builder(
                                request.method(),
                                StunClass.SUCCESS_RESPONSE,
                                request.transactionId());
                Lifetime asked = request.first(Lifetime.class); // null: absent or malformed
                answer.add(asked == null ? new Lifetime(600) : asked);
                answer.add(new XorRelayedAddress(TransportAddress.ipv4(0xC000020F, 50000)));
                yield answer.build();
            }
        };
        // guide: end
    }

    @Test
    void carriesAnAllocateThere() {
        MessageIntegrity mac = new MessageIntegrity();
        IntegrityKey key = IntegrityKey.md5("alice", "example.org", "secret");
        StunMessage answer = serve(ask(mac, key, TransactionId.of(1, 2)), mac, key);
        assertEquals(new Lifetime(600), answer.first(Lifetime.class));
        assertEquals(TransactionId.of(1, 2), answer.transactionId());
        assertEquals(answer, Bytes.decode(answer.encode()));
    }

    @Test
    void isWhatTheGuideShows() throws IOException {
        Path source = Path.of("src/test/java/org/turnd/stun/CodecGuideTest.java");
        String guide = withoutIndentation(Files.readString(Path.of("../docs/stun-codec.md")));
        String test = withoutIndentation(Files.readString(source));
        for (String mark : new String[] {"// guide: ask\n", "// guide: serve\n"}) {
            int start = test.indexOf(mark) + mark.length();
            String code = test.substring(start, test.indexOf("// guide: end\n", start));
            assertTrue(
                    guide.contains("```java\n" + code + "```"),
                    "docs/stun-codec.md lacks\n" + code);
        }
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n")) + "\n";
    }
}
