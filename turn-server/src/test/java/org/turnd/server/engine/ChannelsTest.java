package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Channels of one allocation, by themselves and against a list that is searched from end to end.
class ChannelsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long LIFETIME = 600 * SECOND;

    private final Relay ipv4 = relay(EngineFixture.RELAY_IPV4.withPort(50_000));
    private final Relay ipv6 = relay(EngineFixture.RELAY_IPV6.withPort(50_000));

    private static Relay relay(TransportAddress address) {
        ClientPath path = ClientPath.datagram(0, TransportAddress.ipv4(1, 1));
        StunMessage message =
                new StunMessage(
                        StunMethod.ALLOCATE, StunClass.REQUEST, TransactionId.of(1, 1), List.of());
        Request request = new Request(path, message, false, null, null, null, 0);
        Allocation allocation =
                new Allocation(
                        new AllocationId(0, 1),
                        path,
                        Principal.of(
                                new ServedRealm(0, "r"),
                                "alice",
                                new Credential(IntegrityKey.shortTerm("x")),
                                KeyAlgorithm.MD5,
                                false,
                                0),
                        new Channels(0, 1),
                        new PendingAllocate(request, 600, PortRule.ANY, false, null));
        return new Relay(0, allocation, address, new Permissions(0, 1));
    }

    private static ChannelBinding channel(int number, Relay relay, int peerPort, long now) {
        ChannelBinding channel = new ChannelBinding(number, relay, 0, 99, peerPort);
        channel.expiresNanos = now + LIFETIME;
        return channel;
    }

    @Test
    void livesForSixHundredSecondsAndNoLonger() {
        Channels channels = new Channels(1, 10);
        long start = -300 * SECOND;
        ChannelBinding channel = channel(0x4000, ipv4, 5, start);
        channels.add(channel, start);
        assertSame(channel, channels.find(0x4000, start + LIFETIME - 1));
        assertSame(channel, channels.find(0, 99, 5, start + LIFETIME - 1));
        assertNull(channels.find(0x4000, start + LIFETIME));
        assertNull(channels.find(0, 99, 5, start + LIFETIME));
        assertNull(channels.find(0x4001, start));
        assertNull(channels.find(0, 99, 6, start));
        assertNull(channels.find(1, 99, 5, start));
    }

    @Test
    void letsNumberAndPeerBeBoundElsewhereAfterExpiry() {
        Channels channels = new Channels(1, 10);
        channels.add(channel(0x4000, ipv4, 5, 0), 0);
        channels.add(channel(0x4001, ipv4, 6, 0), 0);
        ChannelBinding swapped = channel(0x4000, ipv4, 6, LIFETIME);
        channels.add(swapped, LIFETIME);
        assertSame(swapped, channels.find(0x4000, LIFETIME));
        assertSame(swapped, channels.find(0, 99, 6, LIFETIME));
        assertNull(channels.find(0x4001, LIFETIME));
        assertNull(channels.find(0, 99, 5, LIFETIME));
    }

    @Test
    void expiredOnesMakeRoom() {
        Channels channels = new Channels(1, 2);
        channels.add(channel(0x4000, ipv4, 5, 0), 0);
        assertTrue(channels.hasRoom(0));
        channels.add(channel(0x4001, ipv4, 6, 10), 10);
        assertFalse(channels.hasRoom(LIFETIME - 1));
        assertTrue(channels.hasRoom(LIFETIME));
        channels.add(channel(0x4002, ipv4, 7, LIFETIME), LIFETIME);
        assertFalse(channels.hasRoom(LIFETIME));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void findsWhatTheModelFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int max = 1 + random.nextInt(40);
        Channels channels = new Channels(random.nextLong(), max);
        List<ChannelBinding> model = new ArrayList<>();
        long now = -10_000 * SECOND;
        for (int step = 0; step < 20_000; step++) {
            now += random.nextLong(30 * SECOND);
            long moment = now;
            model.removeIf(channel -> channel.expiresNanos <= moment);
            int number = 0x4000 + random.nextInt(50);
            int port = 1 + random.nextInt(50);
            ChannelBinding byNumber = channels.find(number, now);
            ChannelBinding byPeer = channels.find(0, 99, port, now);
            assertSame(inModel(model, number, 0), byNumber, "step " + step);
            assertSame(inModel(model, 0, port), byPeer, "step " + step);
            assertEquals(model.size() < max, channels.hasRoom(now), "step " + step);
            if (byNumber == null && byPeer == null && channels.hasRoom(now)) {
                Relay relay = port % 2 == 0 ? ipv4 : ipv6;
                ChannelBinding added = channel(number, relay, port, now);
                channels.add(added, now);
                model.add(added);
            } else if (byNumber != null && random.nextBoolean()) {
                byNumber.expiresNanos = now + LIFETIME;
            } else if (random.nextInt(500) == 0) {
                channels.removeAll(ipv6);
                model.removeIf(channel -> channel.relay == ipv6);
            }
        }
        int[] live = {0};
        long end = now;
        channels.forEach(channel -> live[0] += channel.isLive(end) ? 1 : 0);
        assertEquals(model.stream().filter(channel -> channel.isLive(end)).count(), live[0]);
    }

    private static @Nullable ChannelBinding inModel(
            List<ChannelBinding> model, int number, int port) {
        return model.stream()
                .filter(channel -> channel.number == number || channel.peerPort == port)
                .findFirst()
                .orElse(null);
    }
}
