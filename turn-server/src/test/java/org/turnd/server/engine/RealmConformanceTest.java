package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.NonceCookie.BitOrder;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Two realms in one server, told apart by listener: listener 0 is the default realm's, listener 1
/// the other's. In both there is an alice, and everything of the one is tried in the other.
class RealmConformanceTest {
    private static final String OTHER_REALM = "other.example";
    private static final int OTHER_LISTENER = 1;
    private static final String OTHER_PASSWORD = "a password of the other realm";
    private static final TransportAddress PEER = EngineFixture.address("192.0.2.7", 7000);
    private static final MobilityTicket WANTED = new MobilityTicket(Octets.EMPTY);
    private static final Quotas.OfRealm UNBOUNDED = new Quotas.OfRealm(0, 1000, 0, 0);

    private EngineFixture fixture = new EngineFixture();
    private EngineFixture.FakeCredentials others = new EngineFixture.FakeCredentials(OTHER_REALM);

    @BeforeEach
    void setUp() {
        serve(UNBOUNDED);
    }

    private void serve(Quotas.OfRealm quotas) {
        fixture =
                new EngineFixture(options -> {
                    options.allocationsPerUser = 2;
                    options.abuse = new AbuseLimits(1000, 3, 0);
                    options.relayTransports = new RelayTransports(true, true, 3);
                    options.realms = List.of(quotas);
                });
        others = new EngineFixture.FakeCredentials(OTHER_REALM);
        others.add(EngineFixture.USER, OTHER_PASSWORD);
        fixture.engine.realms().serve(List.of(new RealmUsers(OTHER_REALM, others)));
        fixture.engine.realms().assign(new int[] {0, OTHER_LISTENER});
    }

    /// A client of the other realm's listener, with what it knows there.
    private TestClient other(TransportAddress address) {
        return inOther(fixture.udp(OTHER_LISTENER, address));
    }

    private TestClient other() {
        return other(fixture.udp().address());
    }

    private static TestClient inOther(TestClient client) {
        client.realm = OTHER_REALM;
        return client.as(EngineFixture.USER, OTHER_PASSWORD);
    }

    @Test
    void challengesWithTheRealmOfTheListener() {
        for (int listener = 0; listener < 3; listener++) {
            TestClient client = fixture.udp(listener, fixture.udp().address());
            var challenge =
                    client.exchange(
                            client.request(StunMethod.ALLOCATE).put(TestClient.UDP).bytes());
            assertEquals(401, challenge.errorCode());
            assertEquals(
                    listener == OTHER_LISTENER ? OTHER_REALM : EngineFixture.REALM,
                    challenge.get(Realm.class).value());
        }
    }

    @Test
    void knowsTheUsersOfOneRealmInNoOther() {
        TestClient here = fixture.udp();
        here.allocate();
        TestClient there = other(here.address());
        there.allocate();
        assertEquals(2, fixture.engine.allocationCount());
        // The other's user here, by its realm's name and by this one's.
        TestClient stranger = inOther(fixture.udp());
        assertEquals(401, stranger.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(1, fixture.count(RefusalCause.WRONG_REALM));
        stranger.realm = EngineFixture.REALM;
        assertEquals(401, stranger.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(1, fixture.count(RefusalCause.WRONG_PASSWORD));
        // And the other way round.
        TestClient visitor = fixture.udp(OTHER_LISTENER, fixture.udp().address());
        assertEquals(401, visitor.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        visitor.realm = OTHER_REALM;
        assertEquals(401, visitor.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        visitor.as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(401, visitor.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(1, fixture.count(RefusalCause.UNKNOWN_USER));
    }

    @Test
    void takesNoNonceOfAnotherRealm() {
        TestClient here = fixture.udp();
        here.credentials();
        TestClient there = other(here.address());
        there.nonce = here.nonce;
        var stale = there.ask(StunMethod.ALLOCATE, TestClient.UDP);
        assertEquals(438, stale.errorCode());
        assertEquals(OTHER_REALM, stale.get(Realm.class).value());
        here.nonce = stale.get(Nonce.class).value();
        assertEquals(438, here.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        there.nonce = stale.get(Nonce.class).value();
        there.allocate();
    }

    @Test
    void hidesAllocationsFromTheOtherListener() {
        TestClient here = fixture.udp();
        here.allocate();
        here.createPermission(PEER);
        here.channelBind(0x4000, PEER);
        TestClient there = other(here.address());
        assertEquals(437, there.refusal(StunMethod.REFRESH, new Lifetime(0)));
        assertEquals(437, there.refusal(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)));
        assertEquals(
                437,
                there.refusal(
                        StunMethod.CHANNEL_BIND,
                        new ChannelNumber(0x4001),
                        new XorPeerAddress(PEER)));
        assertEquals(437, there.refusal(StunMethod.CONNECT, new XorPeerAddress(PEER)));
        assertEquals(List.of(), there.send(PEER, (byte) 1));
        assertEquals(List.of(), there.channelData(0x4000, (byte) 1));
        assertEquals(1, here.channelData(0x4000, (byte) 1).size());
    }

    @Test
    void letsNoTicketIntoAnotherRealm() {
        TestClient here = fixture.udp();
        MobilityTicket ticket = here.askAllocate(WANTED).get(MobilityTicket.class);
        TestClient there = other();
        assertEquals(441, there.refusal(StunMethod.REFRESH, ticket));
        // Nor who knows the key that the allocation was made with, whatever realm it names.
        TestClient owner = fixture.udp(OTHER_LISTENER, fixture.udp().address());
        assertEquals(401, owner.refusal(StunMethod.REFRESH, ticket));
        assertEquals(401, owner.exchange(keyOfHereRealmOfThere(owner, ticket)).errorCode());
        assertEquals(600, here.refresh(600));
        TestClient moved = fixture.udp();
        assertEquals(0, moved.ask(StunMethod.REFRESH, ticket).errorCode());
    }

    private byte[] keyOfHereRealmOfThere(TestClient client, MobilityTicket ticket) {
        TestMessage request = client.request(StunMethod.REFRESH).put(ticket);
        var here = client.key();
        client.realm = OTHER_REALM;
        request.put(client.credentials());
        client.realm = EngineFixture.REALM;
        return request.integrity(here).bytes();
    }

    @Test
    void countsWrongPasswordsOfARealmAlsoWhereATicketOfAnotherIsShown() {
        TestClient here = fixture.udp();
        MobilityTicket ticket = here.askAllocate(WANTED).get(MobilityTicket.class);
        TestClient guesser = other();
        guesser.as(EngineFixture.USER, "a guess");
        for (int i = 0; i < 3; i++) {
            assertEquals(401, guesser.refusal(StunMethod.REFRESH, ticket));
        }
        assertEquals(List.of(), guesser.feed(guesser.signed(StunMethod.REFRESH, ticket)));
        assertEquals(1, fixture.count(Counter.DROPPED_LOGIN_RATE));
        // The same name of the other realm has its tries yet.
        fixture.udp().allocate();
    }

    @Test
    void bindsNoConnectionOfAnotherRealm() {
        TestClient control = fixture.tcp();
        control.ask(StunMethod.ALLOCATE, new RequestedTransport(RequestedTransport.TCP));
        List<Output> outputs =
                control.feed(control.signed(StunMethod.CONNECT, new XorPeerAddress(PEER)));
        int id = ((Output.ConnectPeer) outputs.getFirst()).connection();
        fixture.engine.peers().onConnected(id, fixture.nowNanos);
        fixture.drain();
        TestClient thief =
                inOther(fixture.stream(Transport.TCP, OTHER_LISTENER, control.address()));
        assertEquals(441, thief.refusal(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
        TestClient data = fixture.tcp();
        assertEquals(0, data.ask(StunMethod.CONNECTION_BIND, new ConnectionId(id)).errorCode());
    }

    @Test
    void keepsAReservationForItsRealm() {
        ReservationToken token =
                fixture.udp().askAllocate(new EvenPort(true)).get(ReservationToken.class);
        assertEquals(508, other().refusal(StunMethod.ALLOCATE, TestClient.UDP, token));
        assertEquals(1, fixture.count(RefusalCause.BAD_RESERVATION));
        fixture.udp().allocate(token);
    }

    @Test
    void countsUsersOfTheSameNameApart() {
        serve(new Quotas.OfRealm(0, 3, 0, 0));
        for (int i = 0; i < 2; i++) {
            fixture.udp().allocate();
        }
        assertEquals(486, fixture.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
        for (int i = 0; i < 3; i++) {
            other().allocate();
        }
        assertEquals(486, other().refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    void boundsAWholeRealm() {
        serve(new Quotas.OfRealm(2, 3, 0, 0));
        TestClient first = other();
        first.allocate();
        other().allocate();
        assertEquals(508, other().refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertEquals(1, fixture.count(RefusalCause.REALM_QUOTA));
        // A refusal holds nothing, and what has ended neither.
        fixture.udp().allocate();
        assertEquals(0, first.refresh(0));
        other().allocate();
        assertEquals(508, other().refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }

    @Test
    void boundsTheBandwidthOfAWholeRealm() {
        serve(new Quotas.OfRealm(0, 3, 1100, 0));
        List<TestClient> both = List.of(other(), other());
        List<Output> sent = new ArrayList<>();
        for (TestClient client : both) {
            client.allocate();
            client.createPermission(PEER);
            sent.addAll(client.send(PEER, new byte[1000]));
        }
        assertEquals(1, sent.size());
        assertEquals(1, fixture.count(Counter.DROPPED_REALM_BANDWIDTH));
        TestClient here = fixture.udp();
        here.allocate();
        here.createPermission(PEER);
        assertEquals(1, here.send(PEER, new byte[1000]).size());
    }

    @Test
    void reviewsTheUsersOfEachRealmByItsOwn() {
        TestClient here = fixture.udp();
        here.allocate();
        TestClient there = other();
        there.allocate();
        others.remove(EngineFixture.USER);
        fixture.engine.use(
                EngineFixture.settings(new EngineFixture.Options()),
                fixture.credentials,
                List.of(new RealmUsers(OTHER_REALM, others)));
        assertEquals(AllocationReview.DONE, fixture.engine.review(0, fixture.nowNanos));
        assertEquals(401, there.refusal(StunMethod.REFRESH));
        assertEquals(600, here.refresh(600));
        assertNotNull(here.nonce, "the nonce of before is good");
    }

    @Test
    void findsAHashedNameInItsRealmAlone() {
        var hashing =
                new EngineFixture(options -> {
                    options.features =
                            new SecurityFeatures(
                                    SecurityFeatures.DEFAULT.passwordAlgorithms(),
                                    true,
                                    BitOrder.BIT_0_RIGHTMOST);
                    options.realms = List.of(UNBOUNDED);
                });
        hashing.engine.realms().serve(List.of(new RealmUsers(OTHER_REALM, others)));
        hashing.engine.realms().assign(new int[] {0, OTHER_LISTENER});
        TestClient there = inOther(hashing.udp(OTHER_LISTENER, hashing.udp().address()));
        there.anonymous = true;
        there.sha256 = true;
        assertTrue(there.isSigned(there.askAllocate()));
        TestClient here = inOther(hashing.udp());
        here.anonymous = true;
        here.sha256 = true;
        assertEquals(401, here.refusal(StunMethod.ALLOCATE, TestClient.UDP));
    }
}
