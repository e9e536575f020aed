package org.turnd.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UserBandwidthTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int PER_SECOND = 10_000;

    private static final long START = -SECOND;

    private final UserBandwidth bandwidth = new UserBandwidth(PER_SECOND, START);

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
        assertFalse(bandwidth.takeToClients(100, START));
        assertTrue(bandwidth.takeToPeers(100, START));
        assertTrue(bandwidth.takeToClients(100, START + SECOND));
    }
}
