package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.ClientPass;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.Transport;
import org.turnd.stun.TransportAddress;

class HandOverInboxTest {
    private final AtomicInteger offered = new AtomicInteger();
    private final HandOverInbox inbox = new HandOverInbox(offered::incrementAndGet);

    private static ByteBuf direct(byte[] bytes) {
        ByteBuffer memory = ByteBuffer.allocateDirect(Math.max(1, bytes.length));
        memory.put(bytes).flip();
        return Unpooled.wrappedBuffer(memory);
    }

    private boolean offer(long tag, byte[] bytes) {
        return inbox.offer(
                tag,
                tag + 1,
                1,
                tag + 2,
                tag + 3,
                2,
                (int) tag & 0xFF,
                direct(bytes),
                0,
                bytes.length);
    }

    @Test
    void deliversAddressesAndBytesInOrder() {
        var random = new Random(7);
        List<byte[]> sent = new ArrayList<>();
        List<byte[]> got = new ArrayList<>();
        // Often enough to go round the ring many times, with every remainder by eight.
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(1500)];
            random.nextBytes(bytes);
            assertTrue(offer(i, bytes));
            sent.add(bytes);
            if (i % 7 == 0) {
                drainInto(got, sent);
            }
        }
        drainInto(got, sent);
        assertEquals(20_000, got.size());
        assertEquals(20_000, offered.get());
    }

    private void drainInto(List<byte[]> got, List<byte[]> sent) {
        HandOverInbox.Reader reader =
                (relayHigh,
                        relayLow,
                        relayPort,
                        high,
                        low,
                        port,
                        trafficClass,
                        buffer,
                        offset,
                        length) -> {
                    int tag = got.size();
                    assertEquals(tag, relayHigh);
                    assertEquals(tag + 1, relayLow);
                    assertEquals(tag + 2, high);
                    assertEquals(tag + 3, low);
                    assertEquals(1, relayPort);
                    assertEquals(2, port);
                    assertEquals(tag & 0xFF, trafficClass);
                    byte[] bytes = ByteBufUtil.getBytes(buffer, offset, length);
                    assertArrayEquals(sent.get(tag), bytes);
                    got.add(bytes);
                    // The engine may write around the payload.
                    buffer.setLong(offset - 64, -1);
                    buffer.setInt(offset + length, -1);
                };
        boolean more = true;
        while (more) {
            more = inbox.drain(5, reader);
        }
    }

    @Test
    void deliversWhatIsSaidAboutAClient() {
        TransportAddress address = TestSettings.address("2001:db8::7", 65_535);
        ClientPath client = ClientPath.stream(Transport.TLS, 300, Integer.MAX_VALUE, address);
        byte[] bytes = {1, 2, 3, 4, 5};
        assertTrue(inbox.offer(255, ClientPass.RETURNED, client, 0xB8, direct(bytes), 0, 5));
        assertTrue(inbox.offer(3, ClientPass.CLOSED, client, 0, Unpooled.EMPTY_BUFFER, 0, 0));
        List<ClientPass> kinds = new ArrayList<>();
        inbox.drain(
                9,
                passes(passed -> {
                    kinds.add(passed.kind());
                    assertEquals(Transport.TLS, passed.transport());
                    assertEquals(300, passed.listener());
                    assertEquals(Integer.MAX_VALUE, passed.connection());
                    assertEquals(
                            address,
                            new TransportAddress(passed.high(), passed.low(), passed.port()));
                    assertFalse(passed.leased());
                    if (passed.kind() == ClientPass.RETURNED) {
                        assertEquals(255, passed.from());
                        assertEquals(0xB8, passed.header());
                        assertArrayEquals(
                                bytes,
                                ByteBufUtil.getBytes(
                                        passed.buffer(), passed.offset(), passed.length()));
                    } else {
                        assertEquals(3, passed.from());
                        assertEquals(0, passed.length());
                    }
                }));
        assertEquals(List.of(ClientPass.RETURNED, ClientPass.CLOSED), kinds);
    }

    private static HandOverInbox.Reader passes(Consumer<HandOverInbox.Passed> consumer) {
        return new HandOverInbox.Reader() {
            @Override
            public void onHandOver(
                    long relayHigh,
                    long relayLow,
                    int relayPort,
                    long high,
                    long low,
                    int port,
                    int trafficClass,
                    ByteBuf buffer,
                    int offset,
                    int length) {
                throw new AssertionError("nothing is for a relay");
            }

            @Override
            public void onPass(HandOverInbox.Passed passed) {
                consumer.accept(passed);
            }
        };
    }

    @Test
    void dropsWhatDoesNotFitAndGoesOn() {
        byte[] big = new byte[60_000];
        int taken = 0;
        while (offer(taken, big)) {
            taken++;
        }
        assertEquals(HandOverInbox.CAPACITY_BYTES / 60_200, taken);
        assertFalse(offer(0, big));
        var drained = new AtomicInteger();
        HandOverInbox.Reader reader =
                (relayHigh,
                        relayLow,
                        relayPort,
                        high,
                        low,
                        port,
                        trafficClass,
                        buffer,
                        offset,
                        length) -> drained.incrementAndGet();
        assertTrue(inbox.drain(1, reader));
        assertTrue(offer(0, big));
        assertFalse(inbox.drain(100, reader));
        assertEquals(taken + 1, drained.get());
    }

    @Test
    void losesNothingBetweenManyWritersAndOneReader() throws Exception {
        int writers = 4;
        int each = 20_000;
        long[] next = new long[writers];
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            threads.add(Thread.ofPlatform().start(() -> write(writer, each)));
        }
        HandOverInbox.Reader reader =
                (relayHigh,
                        sequence,
                        relayPort,
                        high,
                        low,
                        port,
                        trafficClass,
                        buffer,
                        offset,
                        length) -> {
                    int writer = (int) relayHigh;
                    assertEquals(next[writer]++, sequence);
                    assertEquals(sequence % 100, length);
                    for (int i = 0; i < length; i++) {
                        assertEquals(writer, buffer.getByte(offset + i));
                    }
                };
        long total = 0;
        long start = System.nanoTime();
        while (total < (long) writers * each && System.nanoTime() - start < 30_000_000_000L) {
            inbox.drain(64, reader);
            total = next[0] + next[1] + next[2] + next[3];
        }
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        assertEquals((long) writers * each, total);
    }

    private void write(int writer, int count) {
        byte[] bytes = new byte[100];
        Arrays.fill(bytes, (byte) writer);
        ByteBuf buffer = direct(bytes);
        for (int i = 0; i < count; i++) {
            while (!inbox.offer(writer, i, 0, 0, 0, 0, 0, buffer, 0, i % 100)
                    && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        }
    }
}
