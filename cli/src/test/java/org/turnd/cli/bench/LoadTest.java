package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.cli.check.Carrier;

class LoadTest {
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000 * MILLISECOND;

    /// Streams in the order in which packets were sent, and the times these carry.
    private final List<Integer> sent = new ArrayList<>();

    private final List<Long> times = new ArrayList<>();
    private boolean full;

    private final class Recorder implements Link {
        @Override
        public boolean send(ByteBuf frame, int length) {
            if (!full) {
                sent.add(Payload.stream(frame, 0));
                times.add(Payload.sentNanos(frame, 0));
            }
            return !full;
        }

        @Override
        public Carrier carrier() {
            return Carrier.UDP;
        }
    }

    private PacketStream[] streams(int count) {
        var link = new Recorder();
        var streams = new PacketStream[count];
        for (int i = 0; i < count; i++) {
            var frame = PacketStream.plain(i, Payload.LENGTH_MIN);
            streams[i] = new PacketStream(link, link, null, new PacketStream.Frame[] {frame});
        }
        return streams;
    }

    private Load load(double rate, int streams, int burst) {
        return Load.of(rate, streams(streams), burst, 0, SECOND);
    }

    private void turnUntilNothingIsSent(Load load, long nowNanos) {
        int before;
        do {
            before = sent.size();
            load.turn(nowNanos);
        } while (sent.size() > before);
    }

    @Test
    void packetsCarryTheTimeAtWhichTheyWereDue() {
        var load = load(1_000, 2, 1);
        load.turn(5);
        load.turn(5 + 3 * MILLISECOND + 100);
        assertEquals(List.of(0, 1, 0, 1), sent);
        assertEquals(List.of(5L, 5 + MILLISECOND, 5 + 2 * MILLISECOND, 5 + 3 * MILLISECOND), times);
    }

    @Test
    void whatASlowConnectionDoesNotTakeIsNotSentLater() throws IOException {
        var load = load(1_000, 1, 1);
        full = true;
        load.turn(0);
        full = false;
        load.turn(MILLISECOND);
        load.turn(SECOND);
        assertEquals(new Load.Sent(1, 1, SECOND), load.await());
    }

    @Test
    void theWindowIsSharedByAllStreams() {
        var load = load(Load.UNLIMITED, 3, 1);
        turnUntilNothingIsSent(load, 0);
        assertEquals(3 * WindowedLoad.UNDER_WAY_IN_STREAM_MAX, sent.size());
        assertEquals(List.of(0, 1, 2, 0, 1, 2), sent.subList(0, 6));
    }

    @Test
    void moreStreamsThanTheWindowHasPacketsSendNoMoreThanTheWindow() {
        turnUntilNothingIsSent(load(Load.UNLIMITED, 1_100, 1), 0);
        assertEquals(WindowedLoad.UNDER_WAY_MAX, sent.size());
    }

    @Test
    void everyStreamHasItsTurn() {
        var load = load(Load.UNLIMITED, 1_100, 1);
        for (int arrived = 0; arrived < 1_100; arrived++) {
            turnUntilNothingIsSent(load, 0);
            load.arrived(sent.get(arrived));
        }
        turnUntilNothingIsSent(load, 0);
        assertEquals(1_100, sent.stream().distinct().count());
    }

    @Test
    void aBurstThatHasComeLetsItsStreamSendAnother() {
        var load = load(Load.UNLIMITED, 2, 4);
        turnUntilNothingIsSent(load, 0);
        sent.clear();
        for (int i = 0; i < 4; i++) {
            turnUntilNothingIsSent(load, 1);
            assertEquals(List.of(), sent);
            load.arrived(1);
        }
        turnUntilNothingIsSent(load, 2);
        assertEquals(List.of(1, 1, 1, 1), sent);
    }

    @Test
    void whatWasLostStopsNobodyForLong() {
        var load = load(Load.UNLIMITED, 1_100, 1);
        turnUntilNothingIsSent(load, 0);
        sent.clear();
        turnUntilNothingIsSent(load, 19 * MILLISECOND);
        assertTrue(sent.isEmpty());
        load.turn(21 * MILLISECOND);
        assertTrue(sent.isEmpty());
        turnUntilNothingIsSent(load, 21 * MILLISECOND);
        assertEquals(WindowedLoad.UNDER_WAY_MAX, sent.size());
        assertEquals(WindowedLoad.UNDER_WAY_MAX, sent.getFirst());
    }
}
