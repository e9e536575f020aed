package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.TransportAddress;

/// What a connection or a datagram may begin with, on a clock that a test turns by hand.
class ProxyGateTest {
    private static final TransportAddress IPV4 = TestSettings.address("203.0.113.9", 40_000);
    private static final TransportAddress IPV6 = TestSettings.address("2001:db8:9::9", 65_535);
    private static final byte[] STUN = TestClient.bindingRequest();
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ShardCounters counters = new ShardCounters();
    private final List<@Nullable TransportAddress> entered = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void connect(long timeoutNanos) {
        channel.freezeTime();
        channel.pipeline().addLast(new ProxyGate(counters, timeoutNanos, entered::add));
    }

    /// What got through the gate.
    private byte[] passed() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    static Stream<Arguments> good() {
        byte[] client = {1, 2, 3};
        byte[] unix = new byte[216];
        return Stream.of(
                argumentSet("v1 IPv4", ProxyHeaders.line(IPV4), IPV4),
                argumentSet("v1 IPv6", ProxyHeaders.line(IPV6), IPV6),
                argumentSet(
                        "v1 longest",
                        ProxyHeaders.line(
                                "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                                        + " ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
                        TestSettings.address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65_535)),
                argumentSet("v1 UNKNOWN", ProxyHeaders.line("PROXY UNKNOWN\r\n"), null),
                argumentSet(
                        "v1 UNKNOWN of 107 bytes",
                        ProxyHeaders.line("PROXY UNKNOWN " + "f".repeat(91) + "\r\n"),
                        null),
                argumentSet("v2 IPv4", ProxyHeaders.of(ProxyHeaders.TCP, IPV4), IPV4),
                argumentSet("v2 IPv6", ProxyHeaders.of(ProxyHeaders.TCP, IPV6), IPV6),
                argumentSet(
                        "v2 IPv4 in IPv6",
                        ProxyHeaders.raw(
                                ProxyHeaders.PROXY,
                                0x21,
                                ProxyHeaders.join(
                                        new byte[10],
                                        new byte[] {-1, -1, (byte) 203, 0, 113, 9},
                                        new byte[16],
                                        new byte[] {(byte) 0x9C, 0x40, 1, 2})),
                        IPV4),
                argumentSet(
                        "v2 unknown values",
                        ProxyHeaders.of(
                                ProxyHeaders.TCP,
                                IPV4,
                                ProxyHeaders.value(4),
                                ProxyHeaders.value(0xEE, client),
                                ProxyHeaders.value(0x20, new byte[5000])),
                        IPV4),
                argumentSet(
                        "v2 checksum",
                        ProxyHeaders.withChecksum(
                                ProxyHeaders.of(ProxyHeaders.TCP, IPV6, ProxyHeaders.checksum()),
                                0),
                        IPV6),
                argumentSet(
                        "v2 checksum and a value behind",
                        ProxyHeaders.withChecksum(
                                ProxyHeaders.of(
                                        ProxyHeaders.TCP,
                                        IPV4,
                                        ProxyHeaders.checksum(),
                                        ProxyHeaders.value(4, client)),
                                6),
                        IPV4),
                argumentSet("v2 LOCAL", ProxyHeaders.raw(ProxyHeaders.LOCAL, 0), null),
                argumentSet(
                        "v2 LOCAL with a block",
                        ProxyHeaders.raw(ProxyHeaders.LOCAL, 0xFF, new byte[99]),
                        null),
                argumentSet("v2 UNSPEC", ProxyHeaders.raw(ProxyHeaders.PROXY, 0), null),
                argumentSet(
                        "v2 UNSPEC with a block",
                        ProxyHeaders.raw(ProxyHeaders.PROXY, 0, client),
                        null),
                argumentSet(
                        "v2 IPv4 of no protocol",
                        ProxyHeaders.raw(ProxyHeaders.PROXY, 0x10, new byte[12]),
                        null),
                argumentSet("v2 UNIX", ProxyHeaders.raw(ProxyHeaders.PROXY, 0x31, unix), null));
    }

    @ParameterizedTest
    @MethodSource("good")
    @Tag("T-02")
    @Tag("T-04")
    @Tag("T-05")
    void takesAGoodHeaderOff(byte[] header, @Nullable TransportAddress client) {
        connect(10 * SECOND);
        channel.writeInbound(Unpooled.wrappedBuffer(ProxyHeaders.join(header, STUN)));
        assertEquals(Arrays.asList(client), entered);
        assertEquals(Arrays.toString(STUN), Arrays.toString(passed()));
        assertNull(channel.pipeline().get(ProxyGate.class));
        // The timeout went with it.
        channel.advanceTimeBy(1, TimeUnit.HOURS);
        channel.runScheduledPendingTasks();
        assertTrue(channel.isOpen());
    }

    @ParameterizedTest
    @MethodSource("good")
    @Tag("T-02")
    @Tag("T-04")
    void takesAHeaderThatComesByteByByte(byte[] header, @Nullable TransportAddress client) {
        connect(10 * SECOND);
        for (byte one : header) {
            assertEquals(List.of(), entered);
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
        }
        assertEquals(Arrays.asList(client), entered);
        assertEquals(0, passed().length);
    }

    static Stream<Arguments> bad() {
        byte[] v2 = ProxyHeaders.of(ProxyHeaders.TCP, IPV4);
        byte[] checked =
                ProxyHeaders.withChecksum(
                        ProxyHeaders.of(ProxyHeaders.TCP, IPV4, ProxyHeaders.checksum()), 0);
        return Stream.of(
                argumentSet("nothing but STUN", (Object) STUN),
                argumentSet("TLS", (Object) new byte[] {0x16, 3, 1, 2, 0}),
                argumentSet("another signature", (Object) changed(v2, 11, 0x0B)),
                argumentSet("version 1 in binary", (Object) changed(v2, 12, 0x11)),
                argumentSet("version 3", (Object) changed(v2, 12, 0x31)),
                argumentSet("unassigned command", (Object) changed(v2, 12, 0x22)),
                argumentSet("unassigned family", (Object) changed(v2, 13, 0x41)),
                argumentSet("unassigned protocol", (Object) changed(v2, 13, 0x13)),
                argumentSet("UDP over TCP", (Object) changed(v2, 13, 0x12)),
                argumentSet("UNIX datagrams over TCP", (Object) raw(0x32, 216)),
                argumentSet("IPv4 too short", (Object) raw(0x11, 11)),
                argumentSet("IPv6 too short", (Object) raw(0x21, 35)),
                argumentSet("UNIX too short", (Object) raw(0x31, 215)),
                argumentSet("longer than the bound", (Object) raw(0x11, 16 << 10)),
                argumentSet("half a value", (Object) raw(0x11, 14)),
                argumentSet(
                        "a value that runs over",
                        (Object) ProxyHeaders.of(ProxyHeaders.TCP, IPV4, new byte[] {4, 0, 2, 1})),
                argumentSet("wrong checksum", (Object) changed(checked, checked.length - 1, 77)),
                argumentSet("changed under the checksum", (Object) changed(checked, 16, 77)),
                argumentSet(
                        "checksum of two bytes",
                        (Object)
                                ProxyHeaders.of(
                                        ProxyHeaders.TCP,
                                        IPV4,
                                        ProxyHeaders.value(3, new byte[2]))),
                argumentSet(
                        "two checksums",
                        (Object)
                                ProxyHeaders.of(
                                        ProxyHeaders.TCP,
                                        IPV4,
                                        ProxyHeaders.checksum(),
                                        ProxyHeaders.checksum())),
                argumentSet(
                        "wrong checksum of LOCAL",
                        (Object) ProxyHeaders.raw(ProxyHeaders.LOCAL, 0, ProxyHeaders.checksum())));
    }

    private static byte[] raw(int familyAndProtocol, int blockBytes) {
        return ProxyHeaders.raw(ProxyHeaders.PROXY, familyAndProtocol, new byte[blockBytes]);
    }

    private static byte[] changed(byte[] header, int index, int value) {
        byte[] changed = header.clone();
        changed[index] = (byte) value;
        return changed;
    }

    static Stream<Arguments> badLines() {
        return Stream.of(
                        "PROXY\r\n",
                        "PROXY \r\n",
                        "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
                        "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
                        "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
                        "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n",
                        "PROXY UNKNOWNS\r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
                        "PROXY TCP4 1.2.3.04 1.2.3.4 1 2\r\n",
                        "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n",
                        "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n",
                        "PROXY TCP4 localhost 1.2.3.4 1 2\r\n",
                        "PROXY TCP4 1.2.3.4 localhost 1 2\r\n",
                        "PROXY TCP4 ::1 1.2.3.4 1 2\r\n",
                        "PROXY TCP6 1.2.3.4 ::1 1 2\r\n",
                        "PROXY TCP6 ::1::2 ::1 1 2\r\n",
                        "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r \n",
                        "PROXY TCP4 1.2.3.4 1.2.3.4\0 1 2\r\n",
                        "PROXY UNKNOWN " + "f".repeat(92) + "\r\n",
                        "PROXY UNKNOWN " + "f".repeat(500))
                .map(line -> argumentSet(line.strip(), (Object) ProxyHeaders.line(line)));
    }

    @ParameterizedTest
    @MethodSource({"bad", "badLines"})
    @Tag("T-01")
    @Tag("T-02")
    @Tag("T-04")
    void closesOnAnythingElse(byte[] beginning) {
        connect(10 * SECOND);
        channel.writeInbound(Unpooled.wrappedBuffer(ProxyHeaders.join(beginning, STUN)));
        assertFalse(channel.isOpen());
        assertEquals(List.of(), entered);
        assertEquals(0, passed().length);
        assertEquals(1, counters.get(Counter.STREAMS_NOT_PROXIED));
    }

    @Test
    @Tag("T-04")
    void waitsThreeSecondsAtLeastHoweverShortTheTimeout() {
        connect(SECOND);
        channel.advanceTimeBy(3 * SECOND - 1, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        assertTrue(channel.isOpen());
        channel.advanceTimeBy(1, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
        assertEquals(1, counters.get(Counter.STREAMS_NOT_PROXIED));
    }

    @Test
    @Tag("T-04")
    void doesNotWaitLongerForAHeaderThatDrips() {
        connect(10 * SECOND);
        byte[] header = ProxyHeaders.of(ProxyHeaders.TCP, IPV4);
        for (int second = 0; second < 9; second++) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {header[second]}));
            channel.advanceTimeBy(SECOND, TimeUnit.NANOSECONDS);
            channel.runScheduledPendingTasks();
            assertTrue(channel.isOpen());
        }
        channel.advanceTimeBy(SECOND, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
    }

    @Test
    @Tag("T-01")
    void closesWhenTheSenderHasNoMoreToSay() {
        connect(10 * SECOND);
        channel.writeInbound(Unpooled.wrappedBuffer(ProxyHeaders.line("PROXY TCP4")));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertFalse(channel.isOpen());
    }

    @ParameterizedTest
    @MethodSource("bad")
    @Tag("T-02")
    void aDatagramWithAnythingElseHasNoHeader(byte[] header) {
        byte[] datagram = ProxyHeaders.join(udp(header), STUN);
        ByteBuf buffer = Unpooled.wrappedBuffer(datagram);
        assertEquals(
                ProxyHeader.INVALID, new ProxyHeader().read(buffer, 0, datagram.length, false));
    }

    /// The same over UDP.
    private static byte[] udp(byte[] header) {
        int protocol = header.length > 13 ? header[13] & 0x0F : 0;
        return protocol == ProxyHeaders.TCP || protocol == ProxyHeaders.UDP
                ? changed(header, 13, header[13] ^ 3)
                : header;
    }

    @Test
    @Tag("T-02")
    void aHeaderIsNotSplitOverDatagrams() {
        byte[] header = ProxyHeaders.of(ProxyHeaders.UDP, IPV6);
        ByteBuf buffer = Unpooled.wrappedBuffer(header);
        var reader = new ProxyHeader();
        for (int length = 0; length < header.length; length++) {
            int read = reader.read(buffer, 0, length, false);
            assertEquals(ProxyHeader.INVALID, read, "of " + length);
        }
        assertEquals(header.length, reader.read(buffer, 0, header.length, false));
        assertTrue(reader.hasSource());
        assertEquals(IPV6, new TransportAddress(reader.high(), reader.low(), reader.port()));
    }

    @Test
    @Tag("T-02")
    void noBytesWhateverConfuseIt() {
        long seed = 20_261_122;
        RandomGenerator random = new java.util.SplittableRandom(seed);
        byte[] header =
                ProxyHeaders.withChecksum(
                        ProxyHeaders.of(
                                ProxyHeaders.UDP,
                                IPV6,
                                ProxyHeaders.value(5, new byte[20]),
                                ProxyHeaders.checksum()),
                        0);
        var reader = new ProxyHeader();
        for (int round = 0; round < 20_000; round++) {
            byte[] mutated = Arrays.copyOf(header, random.nextInt(header.length + 20));
            for (int i = random.nextInt(4); i > 0 && mutated.length > 0; i--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            ByteBuf buffer = Unpooled.wrappedBuffer(mutated);
            int bytes = reader.read(buffer, 0, mutated.length, random.nextBoolean());
            int where = round;
            assertTrue(
                    bytes >= ProxyHeader.INVALID && bytes <= mutated.length,
                    () -> "round " + where + " of seed " + seed);
        }
    }

    @Test
    @Tag("T-02")
    void readingADatagramsHeaderAllocatesNothing() {
        byte[] header =
                ProxyHeaders.withChecksum(
                        ProxyHeaders.of(ProxyHeaders.UDP, IPV6, ProxyHeaders.checksum()), 0);
        // Paranoid leak detection allocates at each access, so this one goes without.
        ByteBuf buffer = new UnpooledByteBufAllocator(true, true).directBuffer(header.length);
        buffer.writeBytes(header);
        var reader = new ProxyHeader();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertNotNull(threads);
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int run = 0; run < 2000; run++) {
                reader.read(buffer, 0, header.length, false);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        buffer.release();
        assertEquals(0, fewest / 2000);
    }
}
