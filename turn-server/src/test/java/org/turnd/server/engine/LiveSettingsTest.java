package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.NonceCookie;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.ThirdPartyAuthorization;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Each setting that an engine takes while it runs, by its effect.
class LiveSettingsTest {
    private static final TransportAddress PEER = EngineFixture.address("192.0.2.55", 5000);
    private static final TransportAddress ELSEWHERE = EngineFixture.address("192.0.2.9", 3478);

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    private void use(Consumer<EngineFixture.Options> change) {
        use(change, fixture.credentials);
    }

    private void use(Consumer<EngineFixture.Options> change, Credentials users) {
        EngineFixture.Options options = new EngineFixture.Options();
        change.accept(options);
        fixture.engine.use(EngineFixture.settings(options), users, List.of());
        assertEquals(AllocationReview.DONE, fixture.engine.review(0, fixture.nowNanos));
    }

    private static TestClient.Exchange challenge(TestClient client) {
        TestClient.Exchange exchange =
                client.exchange(client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes());
        assertEquals(401, exchange.errorCode());
        return exchange;
    }

    @Test
    void software() {
        use(options -> options.software = "another");
        assertEquals("another", challenge(client).get(Software.class).value());
        use(options -> options.software = null);
        assertNull(challenge(client).answer().first(Software.class));
    }

    @Test
    void passwordAlgorithms() {
        client.sha256 = true;
        client.allocate();
        use(options -> options.features = features(List.of(KeyAlgorithm.MD5), false));
        TestClient next = fixture.udp();
        assertNull(challenge(next).answer().first(PasswordAlgorithms.class));
        next.allocate();
        use(options -> {});
        assertNotNull(challenge(fixture.udp()).answer().first(PasswordAlgorithms.class));
        // The nonce that came with the same offer is as good as ever.
        assertEquals(600, client.refresh(600));
    }

    @Test
    void anonymity() {
        client.anonymous = true;
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        use(options ->
                options.features = features(SecurityFeatures.DEFAULT.passwordAlgorithms(), true));
        TestClient next = fixture.udp();
        next.anonymous = true;
        next.allocate();
    }

    private static SecurityFeatures features(List<KeyAlgorithm> algorithms, boolean anonymity) {
        return new SecurityFeatures(algorithms, anonymity, NonceCookie.BitOrder.BIT_0_RIGHTMOST);
    }

    @Test
    void featureBits() {
        String before = challenge(client).get(Nonce.class).value();
        use(options ->
                options.features =
                        new SecurityFeatures(
                                SecurityFeatures.DEFAULT.passwordAlgorithms(),
                                false,
                                NonceCookie.BitOrder.BIT_0_LEFTMOST));
        String after = challenge(fixture.udp()).get(Nonce.class).value();
        assertNotEquals(before.substring(0, 13), after.substring(0, 13));
    }

    @Test
    void nonceLifetime() {
        client.allocate();
        fixture.advance(120);
        assertEquals(600, client.refresh(600));
        use(options -> options.nonceLifetimeSeconds = 60);
        assertEquals(438, client.ask(StunMethod.REFRESH, new Lifetime(600)).errorCode());
        assertEquals(600, client.refresh(600));
    }

    @Test
    void redirection() {
        client.allocate();
        use(options ->
                options.redirect =
                        new Redirect(
                                List.of(new Redirect.Target(null, ELSEWHERE)),
                                null,
                                Set.of(Redirect.Occasion.ALWAYS),
                                false,
                                List.of()));
        assertEquals(300, fixture.udp().askAllocate().errorCode());
        assertEquals(600, client.refresh(600));
        use(options -> {});
        fixture.udp().allocate();
    }

    @Test
    void channels() {
        use(options -> options.channelsMax = 1);
        client.allocate();
        client.channelBind(0x4001, PEER);
        assertEquals(
                508,
                client.refusal(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(0x4002),
                        new XorPeerAddress(PEER.withPort(1))));
    }

    @Test
    void answersToStrangers() {
        use(options -> options.abuse = new AbuseLimits(1, Integer.MAX_VALUE, 0));
        byte[] request = client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes();
        int answers = 0;
        for (int i = 0; i < 20; i++) {
            answers += client.feed(request).size();
        }
        // A burst of four seconds.
        assertEquals(4, answers);
        use(options -> {});
        assertEquals(1, client.feed(request).size());
    }

    @Test
    void failedLogins() {
        client.as(EngineFixture.USER, "guess");
        for (int i = 0; i < 3; i++) {
            assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        }
        use(options -> options.abuse = new AbuseLimits(Integer.MAX_VALUE, 3, 0));
        // Those before count.
        assertEquals(List.of(), client.feed(client.signed(StunMethod.ALLOCATE, TestClient.UDP)));
    }

    @Test
    void mobility() {
        use(options -> options.mobility = false);
        assertEquals(405, client.askAllocate(new MobilityTicket(Octets.EMPTY)).errorCode());
        use(options -> {});
        assertNotNull(
                client.askAllocate(new MobilityTicket(Octets.EMPTY))
                        .answer()
                        .first(MobilityTicket.class));
    }

    @Test
    void mobilityWindow() {
        use(options -> options.mobilityWindowSeconds = 5);
        TestClient mobile = fixture.tcp();
        mobile.askAllocate(new MobilityTicket(Octets.EMPTY));
        mobile.close();
        fixture.advance(4);
        assertEquals(1, fixture.engine.allocationCount());
        fixture.advance(2);
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    void thirdPartyAuthorization() {
        assertNull(challenge(client).answer().first(ThirdPartyAuthorization.class));
        EngineFixture tokens = TokenClient.fixture();
        use(options -> {}, new WithTokens(fixture.credentials, tokens.credentials.accessTokens()));
        assertNotNull(challenge(fixture.udp()).answer().first(ThirdPartyAuthorization.class));
        var owner =
                new TokenClient(
                        fixture.udp(), TokenClient.issue(tokens, TokenClient.NEW, 20, 3600));
        owner.allocate();
        assertEquals(600, owner.refresh(600));
        use(options -> {});
        assertEquals(401, owner.ask(owner.without(StunMethod.REFRESH)).errorCode());
    }

    private record WithTokens(Credentials users, @Nullable AccessTokens accessTokens)
            implements Credentials {
        @Override
        public int candidates() {
            return users.candidates();
        }

        @Override
        public @Nullable Credential find(
                String username, String realm, KeyAlgorithm algorithm, int candidate) {
            return users.find(username, realm, algorithm, candidate);
        }
    }
}
