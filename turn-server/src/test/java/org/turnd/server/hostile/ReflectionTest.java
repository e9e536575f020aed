package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.engine.Counter;
import org.turnd.server.net.Eventually;
import org.turnd.server.net.TestSettings;
import org.turnd.server.net.UdpCounters;
import org.turnd.stun.StunMethod;

/// Requests with a forged source address, which have the server flood somebody: every kind that
/// gets an answer without credentials, from many ports and addresses of one /24. DTLS has its own
/// test, `DtlsHostileTest#keepsNothingForAClientWithoutCookie`.
@Timeout(60)
class ReflectionTest {
    private static final int FACTOR = 3;
    private static final int ALLOWANCE_BYTES = 64 << 10;
    private static final int SOURCES = 8;
    private static final int BATCH = 20;
    private static final int REQUESTS = 4000;
    private static final byte[] NOTHING = new byte[4];

    @SuppressWarnings("NullAway.Init") // see start
    private static TurnServer server;

    /// What a stranger may ask.
    enum Kind {
        /// 20 octets, answered with 32: always.
        BINDING(true),
        BINDING_WITH_UNKNOWN_ATTRIBUTES(true),
        CLASSIC_BINDING(true),
        /// 20 octets, answered with more than 100.
        SHORT_ALLOCATE(false),
        ALLOCATE(false),
        REFRESH(false),
        CREATE_PERMISSION(false),
        CHANNEL_BIND(false),
        INCOMPLETE_CREDENTIALS(true),
        UNKNOWN_METHOD(true);

        final boolean alwaysAnswered;

        Kind(boolean alwaysAnswered) {
            this.alwaysAnswered = alwaysAnswered;
        }

        byte[] request() {
            return switch (this) {
                case BINDING -> new RawMessage(StunMethod.BINDING).bytes();
                case BINDING_WITH_UNKNOWN_ATTRIBUTES -> unknown();
                case CLASSIC_BINDING -> {
                    byte[] request = new RawMessage(StunMethod.BINDING).bytes();
                    request[4] = 0;
                    yield request;
                }
                case SHORT_ALLOCATE -> new RawMessage(StunMethod.ALLOCATE).bytes();
                case ALLOCATE -> new RawMessage(StunMethod.ALLOCATE).udp().bytes();
                case REFRESH -> new RawMessage(StunMethod.REFRESH).lifetime(0).bytes();
                case CREATE_PERMISSION -> new RawMessage(StunMethod.CREATE_PERMISSION).bytes();
                case CHANNEL_BIND -> new RawMessage(StunMethod.CHANNEL_BIND).bytes();
                case INCOMPLETE_CREDENTIALS ->
                        new RawMessage(StunMethod.ALLOCATE).integrity(NOTHING).bytes();
                case UNKNOWN_METHOD -> {
                    byte[] request = new RawMessage(StunMethod.BINDING).bytes();
                    request[1] = 0x2D;
                    yield request;
                }
            };
        }

        private static byte[] unknown() {
            var message = new RawMessage(StunMethod.BINDING);
            for (int type = 0x7000; type < 0x7040; type++) {
                message.attribute(type);
            }
            return message.bytes();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server =
                new TestSettings()
                        .shards(1)
                        .reflectionFactor(FACTOR)
                        .stun(new ServerSettings.Stun(ServerSettings.Switch.ON, null))
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static long received() {
        return server.shards().getFirst().udpCounters().get(UdpCounters.Counter.RECEIVED_DATAGRAMS);
    }

    private static long dropped() {
        return server.shards().getFirst().engineCounters().get(Counter.DROPPED_REFLECTION);
    }

    @ParameterizedTest
    @EnumSource
    void reflection(Kind kind) throws Exception {
        List<DatagramChannel> victims = new ArrayList<>();
        long before = dropped();
        long began = System.nanoTime();
        long in = 0;
        long out = 0;
        try {
            for (int host = 1; host <= SOURCES; host++) {
                victims.add(victim("127.0." + (kind.ordinal() + 1) + "." + host));
            }
            for (int sent = 0; sent < REQUESTS; ) {
                long arrived = received() + (long) BATCH * SOURCES;
                for (int i = 0; i < BATCH * SOURCES; i++) {
                    byte[] request = kind.request();
                    in += victims.get(i % SOURCES).write(ByteBuffer.wrap(request));
                    sent++;
                }
                Eventually.holds(() -> received() >= arrived);
                out += drain(victims);
            }
            // Answers have left when the next one has come.
            try (var probe = victim("127.1.1.1")) {
                probe.configureBlocking(true);
                probe.write(ByteBuffer.wrap(new RawMessage(StunMethod.BINDING).bytes()));
                probe.read(ByteBuffer.allocate(2048));
            }
            out += drain(victims);
        } finally {
            for (DatagramChannel victim : victims) {
                victim.close();
            }
        }
        double minutes = (System.nanoTime() - began) / 60e9;
        double most = FACTOR * (double) in + ALLOWANCE_BYTES * (1 + minutes);
        String what = out + " bytes for " + in;
        assertTrue(out <= most, what);
        if (kind.alwaysAnswered) {
            assertEquals(before, dropped());
        } else {
            assertTrue(dropped() > before, what);
            // No silence either: what was sent is worth something.
            assertTrue(out > FACTOR * (double) in * 0.9, what);
        }
    }

    private static DatagramChannel victim(String host) throws Exception {
        var channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.ofLiteral(host), 0));
        channel.connect(server.listeners().getFirst().address().toInetSocketAddress());
        channel.configureBlocking(false);
        return channel;
    }

    private static long drain(List<DatagramChannel> victims) throws Exception {
        long bytes = 0;
        ByteBuffer answer = ByteBuffer.allocate(2048);
        for (DatagramChannel victim : victims) {
            for (int got = victim.read(answer.clear());
                    got > 0;
                    got = victim.read(answer.clear())) {
                bytes += got;
            }
        }
        return bytes;
    }
}
