package org.turnd.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.Bandwidth;
import org.turnd.server.engine.Counter;

class AllocationBandwidthTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final int PER_SECOND = 10_000;

    private static final long START = -SECOND;

    private static TokenBuckets buckets() {
        return new TokenBuckets(PER_SECOND, START);
    }

    private final Bandwidth bandwidth = new AllocationBandwidth(null, buckets(), null, null, 0);

    @Test
    @Tag("I-17")
    void aStreamWaitsUntilWhatItHasReadIsPaidFor() {
        assertEquals(0, bandwidth.spendToPeers(PER_SECOND, START));
        assertEquals(2 * SECOND, bandwidth.spendToPeers(2 * PER_SECOND, START));
        assertEquals(SECOND / 2, bandwidth.spendToPeers(0, START + SECOND * 3 / 2));
        assertEquals(0, bandwidth.spendToPeers(0, START + 2 * SECOND));
        assertEquals(SECOND, bandwidth.spendToPeers(PER_SECOND, START + 2 * SECOND));
    }

    @Test
    @Tag("I-17")
    void streamsAndPacketsShareEachWay() {
        assertEquals(0, bandwidth.spendToClients(PER_SECOND, START));
        assertEquals(Counter.DROPPED_USER_BANDWIDTH, bandwidth.takeToClients(100, START));
        assertNull(bandwidth.takeToPeers(100, START));
        assertNull(bandwidth.takeToClients(100, START + SECOND));
    }

    @Test
    @Tag("I-17")
    void whatTheServerRefusesCostsTheUserNothing() {
        TokenBuckets user = buckets();
        var total = new TotalBandwidth(PER_SECOND / 2, START);
        var both = new AllocationBandwidth(null, user, null, total, 0);
        assertNull(both.takeToPeers(PER_SECOND / 2 - Bandwidth.HEADER_BYTES, START));
        for (int i = 0; i < 100; i++) {
            assertEquals(Counter.DROPPED_TOTAL_BANDWIDTH, both.takeToPeers(1000, START));
        }
        var same = new AllocationBandwidth(null, user, null, null, 0);
        assertNull(same.takeToPeers(PER_SECOND / 2 - Bandwidth.HEADER_BYTES, START));
        assertEquals(Counter.DROPPED_USER_BANDWIDTH, same.takeToPeers(1, START));
    }

    @Test
    @Tag("I-17")
    void shardsTogetherRelayWhatTheServerMay() {
        int shards = 8;
        int perSecond = 1 << 20;
        var total = new TotalBandwidth(perSecond, START);
        long relayed = 0;
        for (int millis = 0; millis < 2000; millis++) {
            long now = START + millis * MILLISECOND;
            for (int shard = 0; shard < shards; shard++) {
                var one = new AllocationBandwidth(null, null, null, total, shard);
                for (int packet = 0; packet < 3; packet++) {
                    int length = 100 + 100 * packet;
                    boolean passes = one.takeToClients(length, now) == null;
                    relayed += passes ? length + Bandwidth.HEADER_BYTES : 0;
                }
            }
        }
        // A second's worth at once and two more; what shards have and don't use is little.
        assertEquals(3.0 * perSecond, (double) relayed, 0.02 * perSecond);
    }

    /// A stream that reads 16 KB at a time whenever it may, against packets that come all the time.
    @Test
    @Tag("I-17")
    void neitherStreamsNorPacketsStarve() {
        int perSecond = 1 << 20;
        var user = new TokenBuckets(perSecond, START);
        var stream = new AllocationBandwidth(null, user, null, null, 0);
        var packets = new AllocationBandwidth(null, user, null, null, 0);
        long streamed = 0;
        long relayed = 0;
        long resume = START;
        for (long now = START; now < START + 10 * SECOND; now += MILLISECOND / 4) {
            if (now >= resume && stream.spendToPeers(0, now) == 0) {
                streamed += 16 << 10;
                resume = now + stream.spendToPeers(16 << 10, now);
            }
            relayed += packets.takeToPeers(1000, now) == null ? 1000 : 0;
        }
        long all = streamed + relayed;
        assertTrue(streamed > all / 3, streamed + " of " + all);
        assertTrue(relayed > all / 3, relayed + " of " + all);
        assertEquals(11.0 * perSecond, (double) all, 0.05 * 11 * perSecond);
    }

    @Test
    @Tag("I-17")
    void aStreamAloneGetsEverything() {
        int perSecond = 1 << 20;
        var stream =
                new AllocationBandwidth(new TokenBuckets(perSecond, START), null, null, null, 0);
        long streamed = 0;
        long resume = START;
        for (long now = START; now < START + 10 * SECOND; now += MILLISECOND / 4) {
            if (now >= resume) {
                streamed += 16 << 10;
                resume = now + stream.spendToPeers(16 << 10, now);
            }
        }
        assertEquals(11.0 * perSecond, (double) streamed, 0.05 * 11 * perSecond);
    }
}
