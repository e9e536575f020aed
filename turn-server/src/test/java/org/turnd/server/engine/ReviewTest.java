package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.turnd.server.auth.TimeLimitedCredentials;
import org.turnd.server.config.ServerSettings.ExpiredCredentials;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.Throttles;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.RestCredential;
import org.turnd.stun.RestCredentials;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Settings, users and peer rules that change while allocations live.
class ReviewTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final TransportAddress OTHER_PEER = address("192.0.2.56", 5000);
    private static final byte[] DATA = {1, 2, 3};

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    private void use(Consumer<EngineFixture.Options> change) {
        EngineFixture.Options options = new EngineFixture.Options();
        change.accept(options);
        use(options, fixture.credentials);
    }

    private void use(EngineFixture.Options options, Credentials users) {
        fixture.engine.use(EngineFixture.settings(options), users, List.of());
        int at = 0;
        while (at >= 0) {
            at = fixture.engine.review(at, fixture.nowNanos);
        }
    }

    @Test
    void aPeerThatIsDeniedNowIsCutOffAtOnceAndNoOther() {
        TransportAddress relayed = client.allocate();
        client.createPermission(PEER);
        client.channelBind(0x4001, PEER.withPort(5001));
        client.channelBind(0x4002, OTHER_PEER);
        fixture.peers.denyHost(PEER);
        // Another client asks meanwhile: only the review ends what was permitted.
        assertEquals(1, client.channelData(0x4001, DATA).size());
        use(options -> {});

        assertEquals(List.of(), client.channelData(0x4001, DATA));
        assertEquals(List.of(), client.send(PEER, DATA));
        assertEquals(List.of(), fixture.peerSends(relayed, PEER, DATA));
        assertEquals(List.of(), fixture.peerSends(relayed, PEER.withPort(5001), DATA));
        assertEquals(1, fixture.count(Counter.PERMISSIONS_REVOKED));
        assertEquals(403, client.refusal(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)));
        assertEquals(1, client.channelData(0x4002, DATA).size());
        assertEquals(1, fixture.peerSends(relayed, OTHER_PEER, DATA).size());
        assertEquals(600, client.refresh(600));
    }

    @Test
    void everyAllocationIsLookedAtInTurnsThatEnd() {
        int count = 2 * AllocationReview.RELAYS_AT_ONCE + 1;
        var clients = new ArrayList<TestClient>();
        for (int i = 0; i < count; i++) {
            TestClient one = fixture.udp();
            one.allocate();
            one.createPermission(PEER);
            clients.add(one);
        }
        fixture.peers.denyHost(PEER);
        int first = fixture.engine.review(0, fixture.nowNanos);
        assertEquals(AllocationReview.RELAYS_AT_ONCE, first);
        assertEquals(first, fixture.count(Counter.PERMISSIONS_REVOKED));
        int second = fixture.engine.review(first, fixture.nowNanos);
        assertTrue(fixture.engine.review(second, fixture.nowNanos) < 0);
        assertEquals(count, fixture.count(Counter.PERMISSIONS_REVOKED));
        for (TestClient one : clients) {
            assertEquals(List.of(), one.send(PEER, DATA));
        }
    }

    @Test
    void whoIsNoUserAnyMoreIsRelayedOnAndRefusedWhenItAsksForMore() {
        TransportAddress relayed = client.allocate();
        client.createPermission(PEER);
        TestClient other = fixture.udp().as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        other.allocate();
        fixture.credentials.remove(EngineFixture.USER);
        use(options -> {});

        assertEquals(1, client.send(PEER, DATA).size());
        assertEquals(1, fixture.peerSends(relayed, PEER, DATA).size());
        assertEquals(401, client.ask(StunMethod.REFRESH, new Lifetime(600)).errorCode());
        assertEquals(
                401,
                client.ask(StunMethod.CREATE_PERMISSION, new XorPeerAddress(OTHER_PEER))
                        .errorCode());
        assertEquals(600, other.refresh(600));

        // The operator has thought better of it.
        fixture.credentials.add(EngineFixture.USER, EngineFixture.PASSWORD);
        use(options -> {});
        assertEquals(600, client.refresh(600));
    }

    @Test
    void anotherPasswordEndsTheOldOneAndKeepsTheAllocation() {
        client.allocate();
        fixture.credentials.remove(EngineFixture.USER);
        fixture.credentials.add(EngineFixture.USER, "looking-glass");
        use(options -> {});
        assertEquals(401, client.ask(StunMethod.REFRESH, new Lifetime(600)).errorCode());
        client.as(EngineFixture.USER, "looking-glass");
        assertEquals(600, client.refresh(600));
        assertEquals(1, fixture.engine.allocationCount());
    }

    /// E-04: a reload must not cut calls whose time-limited credential has run out meanwhile.
    @Test
    void anExpiredCredentialOfASecretThatIsStillThereGoesOn() {
        Instant[] now = {Instant.ofEpochSecond(1000)};
        InstantSource clock = () -> now[0];
        RestCredential issued = RestCredentials.issue("first secret", "alice", 1100, ':');
        Credentials first = secret("first secret", clock);
        use(new EngineFixture.Options(), first);
        client.as(issued.username(), issued.password());
        client.allocate();
        now[0] = Instant.ofEpochSecond(5000);
        use(new EngineFixture.Options(), first);
        assertEquals(600, client.refresh(600));
        use(new EngineFixture.Options(), secret("second secret", clock));
        assertEquals(401, client.ask(StunMethod.REFRESH, new Lifetime(600)).errorCode());
    }

    private static Credentials secret(String text, InstantSource clock) {
        return new TimeLimitedCredentials(new Secret(text), ':', ExpiredCredentials.KEEP, clock);
    }

    @Test
    void limitsOfAllocationsHoldFromTheNextRequestOn() {
        client.allocate();
        use(options -> {
            options.maxLifetimeSeconds = 700;
            options.defaultLifetimeSeconds = 650;
            options.permissionsMax = 1;
            options.channelsMax = 1;
            options.allocationsMax = 2;
        });
        assertEquals(700, client.refresh(3600));
        assertEquals(650, client.refresh(60));
        // What an allocation may hold it was told when it was made.
        client.createPermission(PEER, OTHER_PEER);
        TestClient next = fixture.udp();
        next.allocate();
        assertEquals(
                508,
                next.refusal(
                        StunMethod.CREATE_PERMISSION,
                        new XorPeerAddress(PEER),
                        new XorPeerAddress(OTHER_PEER)));
        assertEquals(508, fixture.udp().ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        assertEquals(2, fixture.engine.allocationCount());
    }

    @Test
    void quotasJudgeNewAllocationsAndBandwidthHoldsForAll() {
        client.allocate();
        client.createPermission(PEER);
        byte[] packet = new byte[500];
        fixture.shared.use(new Quotas(1, 1, new Throttles.Bandwidth(0, 1000, 0)));
        use(options -> {});
        assertEquals(486, fixture.udp().ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        assertEquals(1, client.send(PEER, packet).size());
        assertEquals(List.of(), client.send(PEER, packet));
        fixture.shared.use(new Quotas(2, 0, Throttles.Bandwidth.UNBOUNDED));
        use(options -> {});
        assertEquals(1, client.send(PEER, packet).size());
        fixture.udp().allocate();
    }

    /// Those that were there before there was a bound are counted as well.
    @Test
    void aBoundForAddressesCountsWhatIsThere() {
        client.allocate();
        fixture.shared.use(new Quotas(1000, 1, Throttles.Bandwidth.UNBOUNDED));
        assertEquals(486, fixture.udp().ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        client.refresh(0);
        fixture.udp().allocate();
    }
}
