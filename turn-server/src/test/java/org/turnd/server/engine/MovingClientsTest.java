package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Clients that move at random between the places of three shards, close their connections, vanish,
/// and come back, while old messages of theirs are repeated (RFC 8016). One seed, one history.
@Timeout(120)
class MovingClientsTest {
    private static final int SHARDS = 3;
    private static final int CLIENTS = 4;
    private static final int ACTIONS = 250;
    private static final int SEEDS = 60;
    private static final int ALLOCATIONS_PER_USER = 3;
    private static final int CHALLENGES_MAX = 4;
    private static final int REPEATED_MAX = 30;
    private static final int CHANNEL = 0x4000;
    private static final TransportAddress PEER = EngineFixture.address("192.0.2.55", 5000);
    private static final MobilityTicket WANTED = new MobilityTicket(Octets.EMPTY);

    private record Sent(TestClient from, Octets bytes) {}

    /// One client of the simulation and what it was promised.
    private static final class Roamer {
        /// Where its data goes; null without an allocation.
        @Nullable TestClient home;

        /// Where it was let in and has sent nothing from yet.
        @Nullable TestClient next;

        /// The connection at home has closed.
        boolean abandoned;

        long abandonedNanos;

        /// Where it has asked to be, since it has its allocation.
        final Set<TestClient> places = new HashSet<>();

        @Nullable TransportAddress relayed;
        @Nullable MobilityTicket ticket;
    }

    private static final class History {
        private final SplittableRandom random;
        private final boolean lossless;
        private final ShardedFixture server;
        private final List<Roamer> roamers = new ArrayList<>();
        private final List<Sent> sent = new ArrayList<>();
        private int places;
        private int payloads;

        History(long seed, double lossRate) {
            random = new SplittableRandom(seed);
            lossless = lossRate == 0;
            server = new ShardedFixture(SHARDS, random.split(), lossRate, ALLOCATIONS_PER_USER);
            for (int i = 0; i < CLIENTS; i++) {
                roamers.add(new Roamer());
            }
        }

        void run() {
            for (int i = 0; i < ACTIONS; i++) {
                act(roamers.get(random.nextInt(CLIENTS)));
            }
            for (Roamer roamer : roamers) {
                vanish(roamer);
            }
            for (int i = 0; i < 80; i++) {
                server.settle();
                server.advance(50);
            }
            assertEquals(
                    List.of(), server.leftovers(Set.of(EngineFixture.USER), ALLOCATIONS_PER_USER));
            if (lossless) {
                assertEquals(0, server.roamingClients());
            }
        }

        private void act(Roamer roamer) {
            if (random.nextInt(4) == 0) {
                server.advance(random.nextInt(4));
            }
            if (roamer.home == null) {
                allocate(roamer);
                return;
            }
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> move(roamer);
                case 3, 4 -> sendFromNext(roamer);
                case 5 -> close(roamer, roamer.home);
                case 6 -> close(roamer, roamer.next);
                case 7 -> repeatSomething();
                case 8 -> refresh(roamer);
                case 9 -> {
                    if (random.nextInt(4) == 0) {
                        vanish(roamer);
                    }
                }
                default -> checkData(roamer);
            }
        }

        private TestClient newPlace() {
            Transport[] transports = {Transport.UDP, Transport.UDP, Transport.TCP, Transport.TLS};
            TransportAddress address =
                    EngineFixture.address(
                            random.nextBoolean() ? "198.51.100.7" : "2001:db8:7::7",
                            10_000 + places++);
            TestClient place =
                    server.client(random.nextInt(SHARDS), transports[random.nextInt(4)], address);
            place.nonce = "none yet";
            return place;
        }

        private void allocate(Roamer roamer) {
            TestClient place = newPlace();
            roamer.places.add(place);
            StunMessage answer = ask(place, StunMethod.ALLOCATE, TestClient.UDP, WANTED);
            if (answer == null || answer.messageClass() != StunClass.SUCCESS_RESPONSE) {
                server.close(place);
                return;
            }
            XorRelayedAddress relayed = answer.first(XorRelayedAddress.class);
            roamer.relayed = relayed == null ? null : relayed.address();
            roamer.ticket = answer.first(MobilityTicket.class);
            roamer.home = place;
        }

        private void move(Roamer roamer) {
            MobilityTicket ticket = roamer.ticket;
            if (ticket == null) {
                return;
            }
            TestClient place = newPlace();
            roamer.places.add(place);
            long now = server.shards.getFirst().nowNanos;
            StunMessage answer = ask(place, StunMethod.REFRESH, ticket);
            boolean good = answer != null && answer.messageClass() == StunClass.SUCCESS_RESPONSE;
            // Five seconds may pass while it asks.
            boolean late =
                    roamer.abandoned && now - roamer.abandonedNanos > 15 * EngineFixture.SECOND;
            assertTrue(good || late || !lossless, () -> "refused: " + answer);
            if (!good || answer == null) {
                server.close(place);
                vanish(roamer);
                return;
            }
            roamer.ticket = answer.first(MobilityTicket.class);
            if (roamer.abandoned) {
                roamer.home = place;
                roamer.abandoned = false;
            } else {
                roamer.next = place;
            }
        }

        private void sendFromNext(Roamer roamer) {
            TestClient next = roamer.next;
            if (next != null) {
                send(next, TestClient.channelDataBytes(CHANNEL, (byte) 1));
                server.settle();
                roamer.home = next;
                roamer.next = null;
            }
        }

        private void close(Roamer roamer, @Nullable TestClient place) {
            if (place == null || place.path.transport() == Transport.UDP || roamer.abandoned) {
                return;
            }
            server.close(place);
            server.settle();
            if (place == roamer.next) {
                roamer.next = null;
            } else if (roamer.next != null) {
                roamer.home = roamer.next;
                roamer.next = null;
            } else {
                roamer.abandoned = true;
                roamer.abandonedNanos = server.shards.getFirst().nowNanos;
            }
        }

        private void refresh(Roamer roamer) {
            TestClient place = roamer.next == null ? roamer.home : roamer.next;
            if (place != null && !roamer.abandoned) {
                StunMessage answer = ask(place, StunMethod.REFRESH, new Lifetime(600));
                assertTrue(
                        !lossless
                                || (answer != null
                                        && answer.messageClass() == StunClass.SUCCESS_RESPONSE),
                        () -> "not refreshed: " + answer);
            }
        }

        private void vanish(Roamer roamer) {
            for (TestClient place : new TestClient[] {roamer.home, roamer.next}) {
                if (place != null) {
                    server.close(place);
                }
            }
            roamer.places.clear();
            roamer.home = null;
            roamer.next = null;
            roamer.abandoned = false;
            roamer.relayed = null;
            roamer.ticket = null;
        }

        /// M-05: there is one place where data goes, and it is the right one.
        private void checkData(Roamer roamer) {
            TestClient home = roamer.home;
            TransportAddress relayed = roamer.relayed;
            if (home == null || relayed == null || roamer.abandoned) {
                return;
            }
            refresh(roamer);
            TestClient asking = roamer.next == null ? home : roamer.next;
            ask(
                    asking,
                    StunMethod.CHANNEL_BIND,
                    new ChannelNumber(CHANNEL),
                    new XorPeerAddress(PEER));
            server.settle();
            byte[] payload = {(byte) ++payloads, (byte) (payloads >> 8), 7, 7};
            server.peerSends(relayed, PEER, payload);
            List<ShardedFixture.Delivered> inbound = server.settle();
            byte[] framed = TestClient.channelDataBytes(CHANNEL, payload);
            send(home, framed);
            List<ShardedFixture.Delivered> outbound = server.settle();
            if (lossless) {
                assertEquals(
                        List.of(new ShardedFixture.Delivered(home, null, Octets.of(framed))),
                        inbound);
                Output.ToPeer toPeer = Output.ToPeer.of(relayed, PEER, payload);
                assertEquals(
                        List.of(new ShardedFixture.Delivered(null, toPeer, Octets.of(payload))),
                        outbound.stream().distinct().toList());
            } else {
                // Nobody else gets it, whatever was lost.
                inbound.forEach(one -> assertTrue(roamer.places.contains(one.client())));
            }
        }

        /// A datagram comes a second time, from wherever it came.
        private void repeatSomething() {
            if (!sent.isEmpty()) {
                Sent old = sent.get(random.nextInt(sent.size()));
                if (old.from.path.transport() == Transport.UDP) {
                    server.feed(old.from, old.bytes.toByteArray());
                    server.settle();
                }
            }
        }

        private void send(TestClient from, byte[] bytes) {
            if (sent.size() == REPEATED_MAX) {
                sent.remove(random.nextInt(REPEATED_MAX));
            }
            sent.add(new Sent(from, Octets.of(bytes)));
            server.feed(from, bytes);
            if (from.path.transport() == Transport.UDP && random.nextInt(8) == 0) {
                server.step();
                server.feed(from, bytes);
            }
        }

        /// Asks until it is let through or refused; null when there is no answer.
        private @Nullable StunMessage ask(
                TestClient from, StunMethod method, StunAttribute... attributes) {
            for (int i = 0; i < CHALLENGES_MAX; i++) {
                byte[] request = from.signed(method, attributes);
                StunMessage answer = exchange(from, request);
                if (answer == null && from.path.transport() == Transport.UDP) {
                    answer = exchange(from, request);
                }
                if (answer == null) {
                    return null;
                }
                ErrorCode error = answer.first(ErrorCode.class);
                Nonce fresh = answer.first(Nonce.class);
                if (error == null || error.code() != 438 || fresh == null) {
                    return answer;
                }
                from.nonce = fresh.value();
            }
            return null;
        }

        private @Nullable StunMessage exchange(TestClient from, byte[] request) {
            send(from, request);
            StunMessage last = null;
            for (ShardedFixture.Delivered each : server.settle()) {
                if (each.client() == from && (each.bytes().at(0) & 0xC0) == 0) {
                    StunMessage answer = TestClient.decode(each.bytes());
                    if (answer.messageClass() != StunClass.INDICATION) {
                        last = answer;
                    }
                }
            }
            return last;
        }
    }

    private static void runAll(double lossRate) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new History(seed, lossRate).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    @Tag("M-03")
    @Tag("M-05")
    @Tag("M-06")
    @Tag("M-09")
    @Tag("C-14")
    void dataGoesToOnePlaceAndNothingIsLeft() {
        runAll(0);
    }

    @Test
    @Tag("M-05")
    @Tag("M-09")
    @Tag("F-25")
    void nothingIsLeftThoughShardsMissWhatOthersTellThem() {
        runAll(0.1);
    }
}
