package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.SECOND;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What one user, one client address and one stranger may have of a server.
class AbuseConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final int CHANNEL = 0x4000;
    private static final byte[] KILOBYTE = new byte[1000 - Bandwidth.HEADER_BYTES];

    private static TestClient relaying(TestClient client) {
        client.allocate();
        client.createPermission(PEER);
        client.channelBind(CHANNEL, PEER);
        return client;
    }

    private static EngineFixture tenKilobytes() {
        return new EngineFixture(options -> options.bandwidthPerUser = 10_000);
    }

    @Test
    @Tag("I-17")
    @Tag("S-09")
    @DisplayName("I-17 a second's worth at once, then what is more is dropped and counted")
    void dropsWhatIsMoreThanAUserMayRelay() {
        EngineFixture fixture = tenKilobytes();
        TestClient client = relaying(fixture.udp());
        for (int i = 0; i < 10; i++) {
            assertEquals(1, client.channelData(CHANNEL, KILOBYTE).size());
        }
        assertEquals(List.of(), client.channelData(CHANNEL, KILOBYTE));
        assertEquals(List.of(), client.send(PEER, KILOBYTE));
        assertEquals(2, fixture.count(Counter.DROPPED_USER_BANDWIDTH));
        assertEquals(10, fixture.count(Counter.PACKETS_TO_PEERS));
        fixture.advanceNanos(SECOND / 10);
        assertEquals(1, client.channelData(CHANNEL, KILOBYTE).size());
        assertEquals(List.of(), client.channelData(CHANNEL, KILOBYTE));
    }

    @Test
    @Tag("I-17")
    @DisplayName("I-17 each way for itself, and requests are answered all the same")
    void countsEachWayForItself() {
        EngineFixture fixture = tenKilobytes();
        TestClient client = fixture.udp();
        TransportAddress relayed = client.allocate();
        client.createPermission(PEER);
        for (int i = 0; i < 10; i++) {
            assertEquals(1, fixture.peerSends(relayed, PEER, KILOBYTE).size());
        }
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, KILOBYTE));
        assertEquals(1, client.send(PEER, KILOBYTE).size());
        for (int i = 0; i < 10; i++) {
            List<Output> ignored = client.send(PEER, KILOBYTE);
        }
        assertEquals(600, client.refresh(600));
        client.channelBind(CHANNEL, PEER);
        assertEquals(0, client.exchange(client.request(StunMethod.BINDING).bytes()).errorCode());
    }

    @Test
    @Tag("I-17")
    @Tag("S-09")
    @DisplayName("I-17 a user's allocations share, on all shards; other users don't")
    void isSharedByAUsersAllocations() {
        EngineFixture fixture = tenKilobytes();
        EngineFixture shard =
                new EngineFixture(options -> {
                    options.shared = fixture.shared;
                    options.shard = 1;
                });
        TestClient first = relaying(fixture.udp());
        TestClient second = relaying(shard.udp());
        TestClient other = fixture.udp();
        other.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        relaying(other);
        for (int i = 0; i < 5; i++) {
            assertEquals(1, first.channelData(CHANNEL, KILOBYTE).size());
            assertEquals(1, second.channelData(CHANNEL, KILOBYTE).size());
        }
        assertEquals(List.of(), first.channelData(CHANNEL, KILOBYTE));
        assertEquals(List.of(), second.channelData(CHANNEL, KILOBYTE));
        assertEquals(1, other.channelData(CHANNEL, KILOBYTE).size());
    }

    @Test
    @Tag("I-17")
    @DisplayName("I-17 small packets cost their headers; one larger than a second's worth passes")
    void countsHeadersAndLetsLargePacketsThrough() {
        EngineFixture fixture = new EngineFixture(options -> options.bandwidthPerUser = 1024);
        TestClient client = relaying(fixture.udp());
        int passed = 0;
        for (int i = 0; i < 100; i++) {
            passed += client.channelData(CHANNEL).size();
        }
        assertEquals(1024 / Bandwidth.HEADER_BYTES, passed);
        fixture.advance(1);
        client.channelBind(CHANNEL, PEER);
        assertEquals(1, client.channelData(CHANNEL, new byte[3000]).size());
        fixture.advance(1);
        assertEquals(List.of(), client.channelData(CHANNEL, new byte[1]));
        fixture.advance(1);
        assertEquals(1, client.channelData(CHANNEL, new byte[1]).size());
    }

    @Test
    @Tag("I-17")
    @Tag("S-09")
    @DisplayName(
            "I-17 what is dropped is counted by whose bound it was, and costs the others nothing")
    void countsEachBoundByItself() {
        EngineFixture fixture =
                new EngineFixture(options -> {
                    options.bandwidthPerAllocation = 3_000;
                    options.bandwidthPerUser = 5_000;
                    options.bandwidth = 1 << 20;
                });
        TestClient first = relaying(fixture.udp());
        TestClient second = relaying(fixture.udp());
        for (int i = 0; i < 5; i++) {
            assertEquals(i < 3 ? 1 : 0, first.channelData(CHANNEL, KILOBYTE).size());
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(i < 2 ? 1 : 0, second.channelData(CHANNEL, KILOBYTE).size());
        }
        assertEquals(2, fixture.count(Counter.DROPPED_ALLOCATION_BANDWIDTH));
        assertEquals(3, fixture.count(Counter.DROPPED_USER_BANDWIDTH));
        assertEquals(0, fixture.count(Counter.DROPPED_TOTAL_BANDWIDTH));
    }

    @Test
    @Tag("S-09")
    @DisplayName("S-09 allocations of one client address: 486; others unharmed; freed is free")
    void boundsAllocationsOfAnAddress() {
        EngineFixture fixture = new EngineFixture(options -> options.allocationsPerAddress = 2);
        TestClient first = fixture.udp();
        first.allocate();
        fixture.tcp().allocate();
        TestClient third = fixture.udp();
        third.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(486, third.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(1, fixture.count(RefusalCause.CLIENT_QUOTA));
        fixture.udp(0, address("198.51.100.2", 4000)).allocate();
        first.refresh(0);
        TestClient fourth = fixture.udp();
        fourth.allocate();
        assertEquals(486, fixture.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    @Tag("S-09")
    @Tag("F-31")
    @DisplayName("S-09 an IPv6 /64 is one address; what fails is not counted")
    void countsIpv6BySlash64AndNoFailures() {
        EngineFixture fixture =
                new EngineFixture(options -> {
                    options.allocationsPerAddress = 1;
                    options.relayIpv6 = null;
                });
        TestClient client = fixture.udp(0, address("2001:db8:77::1", 4000));
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    440,
                    client.refusal(
                            StunMethod.ALLOCATE,
                            TestClient.UDP,
                            new StunAttribute.RequestedAddressFamily(2)));
            assertEquals(
                    508,
                    client.refusal(
                            StunMethod.ALLOCATE,
                            TestClient.UDP,
                            new StunAttribute.ReservationToken(7)));
        }
        client.allocate();
        TestClient neighbour = fixture.udp(0, address("2001:db8:77::2", 4000));
        assertEquals(486, neighbour.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        fixture.udp(0, address("2001:db8:77:1::1", 4000)).allocate();
    }

    private static EngineFixture threeAnswers() {
        return new EngineFixture(options -> options.abuse = new AbuseLimits(3, 30, 0));
    }

    private static int answersToStrangers(EngineFixture fixture, int requests) {
        int answers = 0;
        for (int i = 0; i < requests; i++) {
            answers += strange(fixture.udp()).size();
        }
        return answers;
    }

    @Test
    @Tag("S-07")
    @DisplayName("S-07 so many answers to strangers of one source in a second, over UDP")
    void boundsAnswersToStrangers() {
        EngineFixture fixture = threeAnswers();
        int burst = answersToStrangers(fixture, 100);
        assertTrue(burst >= 3 && burst <= 12, "at once: " + burst);
        assertEquals(100 - burst, fixture.count(Counter.DROPPED_STRANGER_RATE));
        assertEquals(burst, fixture.count(RefusalCause.NO_CREDENTIALS));
        // Another source, a connection, and Binding, whose answer is hardly longer than it.
        assertEquals(1, strange(fixture.udp(0, address("198.51.100.2", 4000))).size());
        assertEquals(1, strange(fixture.tcp()).size());
        TestClient binding = fixture.udp();
        assertEquals(1, binding.feed(binding.request(StunMethod.BINDING).bytes()).size());
        fixture.advanceNanos(SECOND);
        assertEquals(3, answersToStrangers(fixture, 100));
    }

    @Test
    @Tag("S-07")
    @DisplayName("S-07 who has credentials is answered while strangers flood from its address")
    void answersUsersDuringAFlood() {
        EngineFixture fixture = threeAnswers();
        TestClient client = fixture.udp();
        client.allocate();
        assertTrue(answersToStrangers(fixture, 100) < 100);
        assertEquals(600, client.refresh(600));
        assertEquals(437, client.refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    private static List<Output> strange(TestClient client) {
        return client.feed(client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes());
    }

    private static EngineFixture threeFailures() {
        return new EngineFixture(options -> options.abuse = new AbuseLimits(1000, 3, 0));
    }

    private static void guess(TestClient client, int times) {
        String password = client.password;
        client.password = "guess";
        for (int i = 0; i < times; i++) {
            assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        }
        client.password = password;
    }

    @Test
    @Tag("S-14")
    @DisplayName("S-14 after some wrong passwords nothing more is asked of that source for a while")
    void fallsSilentAfterWrongPasswords() {
        EngineFixture fixture = threeFailures();
        TestClient client = fixture.udp();
        guess(client, 3);
        byte[] good = client.signed(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(List.of(), client.feed(good), "the right password doesn't show");
        // Another port is the same source.
        TestClient other = fixture.udp();
        assertEquals(List.of(), other.feed(other.signed(StunMethod.ALLOCATE, TestClient.UDP)));
        assertEquals(2, fixture.count(Counter.DROPPED_LOGIN_RATE));
        fixture.advance(60);
        client.allocate();
    }

    @Test
    @Tag("S-14")
    @DisplayName("S-14 the user gets in from elsewhere, other users from there")
    void locksNobodyElseOut() {
        EngineFixture fixture = threeFailures();
        TestClient guessing = fixture.udp();
        guess(guessing, 3);
        fixture.udp(0, address("203.0.113.77", 4000)).allocate();
        TestClient colleague = fixture.udp();
        colleague.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        colleague.allocate();
    }

    @Test
    @Tag("S-14")
    @DisplayName("S-14 allocations go on while somebody at their address guesses")
    void keepsAllocationsAlive() {
        EngineFixture fixture = threeFailures();
        TestClient client = fixture.udp();
        client.allocate();
        guess(fixture.udp(), 3);
        assertEquals(600, client.refresh(600));
        client.createPermission(PEER);
        assertEquals(0, client.ask(StunMethod.REFRESH, new Lifetime(0)).errorCode());
    }

    @Test
    @Tag("S-14")
    @DisplayName("S-14 who didn't get the nonce can't shut another source out")
    void countsNoForgedFailures() {
        EngineFixture fixture = threeFailures();
        TestClient forger = fixture.udp();
        // A nonce of this server, but of another source.
        forger.nonce = nonceOf(fixture.udp(0, address("203.0.113.77", 4000)));
        String foreign = forger.nonce;
        for (int i = 0; i < 10; i++) {
            forger.nonce = foreign;
            guess(forger, 1);
        }
        fixture.udp().allocate();
        assertEquals(0, fixture.count(Counter.DROPPED_LOGIN_RATE));
    }

    private static String nonceOf(TestClient client) {
        client.credentials();
        String nonce = client.nonce;
        assertTrue(nonce != null);
        return String.valueOf(nonce);
    }

    @Test
    @Tag("S-14")
    @DisplayName("S-14 unknown users are no way around it, and take no memory")
    void boundsUnknownUsersAlike() {
        EngineFixture fixture = threeFailures();
        TestClient client = fixture.udp();
        client.as("nobody", "nothing");
        guess(client, 3);
        assertEquals(List.of(), client.feed(client.signed(StunMethod.ALLOCATE, TestClient.UDP)));
    }
}
