package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// CONFORMANCE section M: clients that move (RFC 8016).
class MobilityConformanceTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final byte[] DATA = {1, 2, 3, 4};
    private static final int CHANNEL = 0x4000;
    private static final MobilityTicket WANTED = new MobilityTicket(Octets.EMPTY);

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    /// An allocation with a permission and a channel, and its ticket.
    private record Home(TransportAddress relayed, MobilityTicket ticket) {}

    private static Home allocate(TestClient client) {
        TestClient.Exchange answer = client.askAllocate(WANTED);
        assertEquals(0, answer.errorCode());
        Home home =
                new Home(
                        answer.get(XorRelayedAddress.class).address(),
                        answer.get(MobilityTicket.class));
        client.createPermission(PEER);
        client.channelBind(CHANNEL, PEER);
        return home;
    }

    /// Lets a client in at another place, and returns its new ticket.
    private static MobilityTicket letIn(TestClient client, MobilityTicket ticket) {
        TestClient.Exchange answer = client.ask(StunMethod.REFRESH, ticket);
        assertEquals(0, answer.errorCode());
        assertEquals(List.of(), answer.effects());
        return answer.get(MobilityTicket.class);
    }

    private int refused(TestClient client, MobilityTicket ticket) {
        return client.refusal(StunMethod.REFRESH, ticket);
    }

    private void assertPeerReaches(TestClient expected, Home home) {
        assertEquals(
                List.of(expected.gotChannelData(CHANNEL, DATA)),
                fixture.peerSends(home.relayed, PEER, DATA));
    }

    private static void assertReachesPeer(TestClient client, Home home) {
        assertEquals(
                List.of(Output.ToPeer.of(home.relayed, PEER, DATA)),
                client.channelData(CHANNEL, DATA));
    }

    @Test
    @Tag("M-01")
    @Tag("C-01")
    void givesATicketToWhoAsksForOne() {
        byte[] request = client.signed(StunMethod.ALLOCATE, TestClient.UDP, WANTED);
        TestClient.Exchange answer = client.exchange(request);
        assertEquals(MobilityTickets.LENGTH, answer.get(MobilityTicket.class).value().length());
        assertEquals(answer.bytes(), client.exchange(request).bytes());
        TestClient.Exchange ordinary = fixture.udp().askAllocate();
        assertNull(ordinary.answer().first(MobilityTicket.class));
    }

    @Test
    @Tag("M-01")
    void saysThatMobilityIsOffAndLeavesNothingBehind() {
        EngineFixture off = new EngineFixture(options -> options.mobility = false);
        TestClient asking = off.udp();
        assertEquals(405, asking.refusal(StunMethod.ALLOCATE, TestClient.UDP, WANTED));
        assertEquals(0, off.engine.allocationCount());
        asking.allocate();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("M-02")
    void refusesAnAllocateWithATicketInIt(boolean on) {
        EngineFixture either = new EngineFixture(options -> options.mobility = on);
        MobilityTicket some = new MobilityTicket(Octets.of(new byte[MobilityTickets.LENGTH]));
        assertEquals(400, either.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP, some));
        if (on) {
            MobilityTicket good = allocate(either.udp()).ticket;
            assertEquals(400, either.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP, good));
        }
    }

    @Test
    @Tag("M-03")
    void keepsEverythingWhenTheClientMoves() {
        Home home = allocate(client);
        fixture.advance(200);
        TestClient moved = fixture.udp();
        TestClient.Exchange answer = moved.ask(StunMethod.REFRESH, home.ticket, new Lifetime(1200));
        assertEquals(1200, answer.get(Lifetime.class).seconds());
        assertNotEquals(home.ticket, answer.get(MobilityTicket.class));
        assertReachesPeer(moved, home);
        assertPeerReaches(moved, home);
        // The permission is as old as it was.
        fixture.advance(101);
        assertEquals(List.of(), fixture.peerSends(home.relayed, PEER, DATA));
        moved.createPermission(PEER);
        assertPeerReaches(moved, home);
        assertEquals(1, fixture.engine.allocationCount());
        assertEquals(1, fixture.count(Counter.CLIENTS_MOVED));
        // From then on it is at home there.
        assertEquals(437, client.refusal(StunMethod.REFRESH));
        assertEquals(600, moved.refresh(600));
        fixture.advance(599);
        assertEquals(List.of(new Output.CloseRelay(home.relayed)), fixture.advance(1));
        assertEquals(437, refused(fixture.udp(), answer.get(MobilityTicket.class)));
    }

    @Test
    @Tag("M-03")
    void movesAgainAndAgainAndBack() {
        Home home = allocate(client);
        MobilityTicket ticket = home.ticket;
        TestClient[] places = {fixture.udp(), fixture.tcp(), client, fixture.udp(), client};
        for (TestClient place : places) {
            ticket = letIn(place, ticket);
            assertReachesPeer(place, home);
            assertPeerReaches(place, home);
        }
        assertEquals(1, fixture.engine.allocationCount());
        client.refresh(0);
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @Tag("M-04")
    void refusesATicketFromWhereTheClientIs() {
        Home home = allocate(client);
        assertEquals(400, refused(client, home.ticket));
        TestClient moved = fixture.udp();
        MobilityTicket fresh = letIn(moved, home.ticket);
        // It has two places now.
        assertEquals(400, refused(client, fresh));
        assertEquals(400, refused(moved, fresh));
        assertReachesPeer(moved, home);
        assertEquals(400, refused(moved, fresh));
        letIn(client, fresh);
    }

    @Test
    @Tag("M-04")
    @Tag("W-10")
    void refusesForgedAlteredAndTruncatedTickets() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        byte[] good = home.ticket.value().toByteArray();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] altered = good.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(400, refused(moved, new MobilityTicket(Octets.of(altered))));
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertEquals(400, refused(moved, new MobilityTicket(Octets.of(cut))));
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertEquals(400, refused(moved, new MobilityTicket(Octets.of(longer))));
        assertEquals(400, refused(moved, new MobilityTicket(Octets.of(new byte[500]))));
        // Another process has another key.
        EngineFixture other = new EngineFixture(options -> options.seed = 2);
        assertEquals(400, other.udp().refusal(StunMethod.REFRESH, home.ticket));
        // None of it did any harm.
        letIn(moved, home.ticket);
    }

    @Test
    @Tag("M-04")
    @Tag("W-10")
    void tellsAnEndedAllocationFromABadTicket() {
        Home expired = allocate(client);
        fixture.advance(600);
        assertEquals(437, refused(fixture.udp(), expired.ticket));
        TestClient second = fixture.udp();
        Home deleted = allocate(second);
        second.refresh(0);
        assertEquals(437, refused(fixture.udp(), deleted.ticket));
        assertEquals(437, refused(second, deleted.ticket));
        // Late timers make no difference.
        TestClient third = fixture.udp();
        Home late = allocate(third);
        fixture.advanceSilently(600);
        TestClient.Exchange answer = fixture.udp().ask(StunMethod.REFRESH, late.ticket);
        assertEquals(437, answer.errorCode());
        assertEquals(List.of(new Output.CloseRelay(late.relayed)), answer.effects());
    }

    @Test
    @Tag("M-04")
    void refusesAStolenTicket() {
        Home home = allocate(client);
        TestClient thief = fixture.udp().as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(441, refused(thief, home.ticket));
        TestClient stranger = fixture.udp().as("mallory", "guess");
        assertEquals(401, refused(stranger, home.ticket));
        TestClient guesser = fixture.udp().as(EngineFixture.USER, "guess");
        assertEquals(401, refused(guesser, home.ticket));
        assertPeerReaches(client, home);
        letIn(fixture.udp(), home.ticket);
    }

    @Test
    @Tag("M-04")
    void leavesTwoAllocationsOfOneUserApart() {
        Home home = allocate(client);
        TestClient other = fixture.udp();
        Home otherHome = allocate(other);
        // A five-tuple has one allocation.
        assertEquals(437, refused(other, home.ticket));
        assertEquals(437, refused(client, otherHome.ticket));
        TestClient moving = fixture.udp();
        letIn(moving, home.ticket);
        assertEquals(437, refused(moving, otherHome.ticket));
        assertEquals(437, moving.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertPeerReaches(other, otherHome);
        assertPeerReaches(client, home);
    }

    @Test
    @Tag("M-04")
    void refusesTicketsWhenMobilityHasBeenSwitchedOff() {
        Home home = allocate(client);
        EngineFixture off = new EngineFixture(options -> options.mobility = false);
        assertEquals(405, off.udp().refusal(StunMethod.REFRESH, home.ticket));
        TestClient owner = off.udp();
        owner.allocate();
        assertEquals(405, owner.refusal(StunMethod.REFRESH, WANTED));
    }

    @Test
    @Tag("M-04")
    void changesNothingWhenTheRefreshItselfIsRefused() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        RequestedAddressFamily ipv6 = new RequestedAddressFamily(AddressFamily.IPV6.code());
        assertEquals(443, moved.refusal(StunMethod.REFRESH, home.ticket, ipv6));
        assertEquals(List.of(), moved.channelData(CHANNEL, DATA));
        TestClient tunnel = fixture.udp(0, address("2001:0:1::1", 4000));
        assertEquals(403, refused(tunnel, home.ticket));
        letIn(moved, home.ticket);
    }

    @Test
    @Tag("M-05")
    void servesTheOldPlaceUntilDataComesFromTheNewOne() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        letIn(moved, home.ticket);
        for (int i = 0; i < 3; i++) {
            assertPeerReaches(client, home);
            assertReachesPeer(client, home);
            assertEquals(
                    List.of(Output.ToPeer.of(home.relayed, PEER, DATA)), client.send(PEER, DATA));
        }
        // Requests aren't data.
        moved.createPermission(PEER);
        moved.channelBind(CHANNEL, PEER);
        moved.refresh(600);
        assertPeerReaches(client, home);
        assertReachesPeer(moved, home);
        assertPeerReaches(moved, home);
        assertEquals(List.of(), client.channelData(CHANNEL, DATA));
        assertEquals(List.of(), client.send(PEER, DATA));
        assertEquals(437, client.refusal(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)));
        assertTrue(fixture.events.lines.contains("left alice " + client.path));
    }

    @Test
    @Tag("M-05")
    void movesWithASendIndicationToo() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        letIn(moved, home.ticket);
        assertEquals(List.of(Output.ToPeer.of(home.relayed, PEER, DATA)), moved.send(PEER, DATA));
        assertPeerReaches(moved, home);
    }

    @Test
    @Tag("M-05")
    void staysWhenWhatComesFromTheNewPlaceIsNoData() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        letIn(moved, home.ticket);
        assertEquals(List.of(), moved.feed((byte) 0x40, (byte) 0, (byte) 0, (byte) 9, (byte) 1));
        assertEquals(List.of(), moved.feed(moved.indication(StunMethod.SEND).bytes()));
        assertEquals(List.of(), moved.feed((byte) 0xFF));
        assertPeerReaches(client, home);
    }

    @Test
    @Tag("M-05")
    @Tag("C-14")
    void movesWhenTheOldConnectionCloses() {
        TestClient old = fixture.tcp();
        Home home = allocate(old);
        TestClient moved = fixture.tcp();
        letIn(moved, home.ticket);
        assertPeerReaches(old, home);
        assertEquals(List.of(), old.close());
        assertPeerReaches(moved, home);
        assertReachesPeer(moved, home);
    }

    @Test
    @Tag("M-05")
    void goesOnWhereItWasWhenTheNewConnectionCloses() {
        Home home = allocate(client);
        TestClient moved = fixture.tcp();
        MobilityTicket fresh = letIn(moved, home.ticket);
        assertEquals(List.of(), moved.close());
        assertPeerReaches(client, home);
        assertReachesPeer(client, home);
        letIn(fixture.tcp(), fresh);
    }

    @Test
    @Tag("M-06")
    void answersARetransmissionAsBeforeAndNothingElseWithTheOldTicket() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        byte[] request = moved.signed(StunMethod.REFRESH, home.ticket);
        TestClient.Exchange first = moved.exchange(request);
        assertEquals(0, first.errorCode());
        TestClient elsewhere = fixture.udp();
        for (int second = 0; second < 39; second++) {
            assertEquals(first.bytes(), moved.exchange(request).bytes());
            assertEquals(400, refused(elsewhere, home.ticket));
            assertEquals(400, refused(moved, home.ticket));
            if (second == 20) {
                // Also when the move is over.
                assertReachesPeer(moved, home);
            }
            fixture.advance(1);
        }
        fixture.advance(1);
        assertEquals(400, moved.exchange(request).errorCode());
        fixture.advance(600);
        assertEquals(437, moved.exchange(request).errorCode());
    }

    @Test
    @Tag("M-06")
    void takesOnlyTheNewestTicket() {
        Home home = allocate(client);
        List<MobilityTicket> old = new ArrayList<>(List.of(home.ticket));
        for (int i = 0; i < 5; i++) {
            old.add(letIn(fixture.udp(), old.getLast()));
        }
        MobilityTicket newest = old.removeLast();
        for (MobilityTicket ticket : old) {
            assertEquals(400, refused(fixture.udp(), ticket));
        }
        // Who was let in and never sent anything holds no five-tuple.
        TestClient last = fixture.udp();
        letIn(last, newest);
        assertPeerReaches(client, home);
        assertReachesPeer(last, home);
        assertEquals(1, fixture.engine.allocationCount());
    }

    @Test
    @Tag("M-07")
    @Tag("A-30")
    void fitsTheLargestAnswerIntoAnyDatagram() {
        client.sha256 = true;
        TestMessage request =
                client.request(StunMethod.ALLOCATE)
                        .put(
                                TestClient.UDP,
                                new AdditionalAddressFamily(AddressFamily.IPV6.code()),
                                new EvenPort(false),
                                WANTED);
        TestClient.Exchange answer = client.exchange(client.sign(request).fingerprint().bytes());
        assertEquals(0, answer.errorCode());
        assertEquals(2, answer.answer().all(XorRelayedAddress.class).size());
        assertTrue(answer.bytes().length() <= 548, () -> answer.bytes().length() + " bytes");
    }

    @Test
    @Tag("M-07")
    void tellsNothingByItsTickets() {
        // All bytes but the format's vary, and no bit of them stands still.
        int[] ones = new int[MobilityTickets.LENGTH * 8];
        int tickets = 400;
        for (int i = 0; i < tickets; i++) {
            byte[] ticket = allocate(fixture.udp()).ticket.value().toByteArray();
            for (int bit = 8; bit < ones.length; bit++) {
                ones[bit] += ticket[bit / 8] >> bit % 8 & 1;
            }
        }
        for (int bit = 8; bit < ones.length; bit++) {
            int count = ones[bit];
            assertTrue(count > tickets / 4 && count < tickets * 3 / 4, "bit " + bit + ": " + count);
        }
    }

    @Test
    @Tag("M-07")
    void wantsCredentialsForATicket() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        TestClient.Exchange answer =
                moved.exchange(moved.request(StunMethod.REFRESH).put(home.ticket).bytes());
        assertEquals(401, answer.errorCode());
        // A nonce of another address is no good either: nobody moves data to where he isn't.
        TestClient spoofed = fixture.udp();
        spoofed.nonce = client.nonce;
        assertEquals(438, spoofed.ask(StunMethod.REFRESH, home.ticket).errorCode());
        assertPeerReaches(client, home);
    }

    @Test
    @Tag("M-03")
    @Tag("E-04")
    void takesTheKeyThatTheAllocationBeganWith() {
        Home home = allocate(client);
        fixture.credentials.remove(EngineFixture.USER);
        assertEquals(401, fixture.udp().askAllocate().errorCode());
        letIn(fixture.udp(), home.ticket);
    }

    @Test
    @Tag("M-08")
    void dropsDataThatComesBeforeTheRefresh() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        assertEquals(List.of(), moved.channelData(CHANNEL, DATA));
        assertEquals(List.of(), moved.send(PEER, DATA));
        assertEquals(2, fixture.count(Counter.DROPPED_NO_ALLOCATION));
        assertPeerReaches(client, home);
    }

    @ParameterizedTest
    @CsvSource({
        "UDP, 198.51.100.1, UDP, 198.51.100.2",
        "UDP, 198.51.100.1, TCP, 198.51.100.1",
        "UDP, 198.51.100.1, TLS, 2001:db8:7::1",
        "UDP, 2001:db8:7::1, UDP, 198.51.100.1",
        "TCP, 198.51.100.1, UDP, 2001:db8:7::1",
        "TCP, 198.51.100.1, TLS, 198.51.100.1",
        "TLS, 2001:db8:7::1, TCP, 198.51.100.1",
        "TLS, 198.51.100.1, UDP, 198.51.100.1",
        "TCP, 198.51.100.1, TCP, 198.51.100.1"
    })
    @Tag("M-09")
    @Tag("M-05")
    void movesAcrossTransportsAndFamilies(
            Transport from, String fromHost, Transport to, String toHost) {
        TestClient old = at(from, 1, fromHost);
        Home home = allocate(old);
        TestClient moved = at(to, 2, toHost);
        MobilityTicket fresh = letIn(moved, home.ticket);
        assertPeerReaches(old, home);
        assertReachesPeer(moved, home);
        assertPeerReaches(moved, home);
        assertEquals(List.of(), old.channelData(CHANNEL, DATA));
        letIn(old, fresh);
        assertReachesPeer(old, home);
        assertPeerReaches(old, home);
        old.refresh(0);
        assertEquals(0, fixture.engine.allocationCount());
    }

    private TestClient at(Transport transport, int listener, String host) {
        return transport == Transport.UDP
                ? fixture.udp(listener, address(host, 4000))
                : fixture.stream(transport, listener, address(host, 4000));
    }

    @Test
    @Tag("M-05")
    @Tag("C-14")
    void keepsAMobileAllocationForAWhileWhenItsConnectionCloses() {
        TestClient old = fixture.tcp();
        Home home = allocate(old);
        assertEquals(List.of(), old.close());
        fixture.advance(19);
        TestClient moved = fixture.udp();
        MobilityTicket fresh = letIn(moved, home.ticket);
        // Nobody is left at the old place.
        assertPeerReaches(moved, home);
        assertReachesPeer(moved, home);
        fixture.advance(30);
        assertEquals(1, fixture.engine.allocationCount());
        // And again, after a second connection.
        TestClient third = fixture.tcp();
        letIn(third, fresh);
        assertReachesPeer(third, home);
        assertEquals(List.of(), third.close());
        assertEquals(List.of(), fixture.advance(19));
        assertEquals(List.of(new Output.CloseRelay(home.relayed)), fixture.advance(1));
        assertEquals(0, fixture.engine.allocationCount());
        assertTrue(
                fixture.events.lines.getLast().startsWith("ended alice CONNECTION_CLOSED"),
                fixture.events.lines::toString);
    }

    @Test
    @Tag("C-14")
    void endsAnOrdinaryAllocationWithItsConnection() {
        TestClient old = fixture.tcp();
        TransportAddress relayed = old.allocate();
        assertEquals(List.of(new Output.CloseRelay(relayed)), old.close());
    }

    @Test
    @Tag("C-14")
    void neverKeepsAnAllocationBeyondItsLifetime() {
        TestClient old = fixture.tcp();
        Home home = allocate(old);
        fixture.advance(590);
        assertEquals(List.of(), old.close());
        assertEquals(List.of(new Output.CloseRelay(home.relayed)), fixture.advance(10));
        assertEquals(437, refused(fixture.udp(), home.ticket));
    }

    @Test
    @Tag("F-25")
    @Tag("M-03")
    void countsAMobileAllocationOnceHoweverItMoves() {
        EngineFixture one = new EngineFixture(options -> options.allocationsPerUser = 1);
        TestClient old = one.tcp();
        MobilityTicket ticket = allocate(old).ticket;
        TestClient moved = one.udp();
        ticket = letIn(moved, ticket);
        assertEquals(486, one.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
        moved.channelData(CHANNEL, DATA);
        // The place that it left is free, its share of the quota isn't.
        assertEquals(486, old.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        TestClient third = one.tcp();
        letIn(third, ticket);
        third.channelData(CHANNEL, DATA);
        third.close();
        assertEquals(486, one.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP));
        one.advance(20);
        one.udp().allocate();
        one.advance(600);
        assertEquals(0, one.engine.allocationCount());
    }

    @Test
    @Tag("M-03")
    void deletesFromANewPlace() {
        Home home = allocate(client);
        TestClient moved = fixture.udp();
        TestClient.Exchange answer = moved.ask(StunMethod.REFRESH, home.ticket, new Lifetime(0));
        assertEquals(0, answer.get(Lifetime.class).seconds());
        assertNull(answer.answer().first(MobilityTicket.class));
        assertEquals(List.of(new Output.CloseRelay(home.relayed)), answer.effects());
        assertEquals(0, fixture.engine.allocationCount());
        moved.allocate();
        client.allocate();
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UDP", "TCP"})
    @Tag("M-05")
    void freesBothPlacesWhenTheAllocationEndsInTheMiddleOfAMove(Transport transport) {
        Home home = allocate(client);
        TestClient moved = at(transport, 2, "198.51.100.9");
        letIn(moved, home.ticket);
        assertEquals(List.of(new Output.CloseRelay(home.relayed)), fixture.advance(600));
        moved.allocate();
        client.allocate();
        assertEquals(2, fixture.engine.allocationCount());
    }

    @Test
    @Tag("M-05")
    void tellsTheOffloadThatTheClientHasMoved() {
        List<String> told = new ArrayList<>();
        EngineFixture offloading =
                new EngineFixture(options -> options.offload = new RecordedOffload(told));
        TestClient old = offloading.udp();
        Home home = allocate(old);
        TestClient moved = offloading.udp();
        letIn(moved, home.ticket);
        assertEquals(List.of("bound " + old.path), told);
        moved.channelData(CHANNEL, DATA);
        moved.refresh(0);
        assertEquals(
                List.of(
                        "bound " + old.path,
                        "moved " + old.path + " to " + moved.path,
                        "closed " + moved.path),
                told);
    }

    private record RecordedOffload(List<String> told) implements ChannelOffload {
        @Override
        public void onChannelBound(
                ClientPath client,
                int relay,
                int channel,
                long high,
                long low,
                int port,
                long expiresNanos) {
            told.add("bound " + client);
        }

        @Override
        public void onChannelClosed(ClientPath client, int relay, int channel) {
            told.add("closed " + client);
        }

        @Override
        public void onClientMoved(ClientPath from, ClientPath to) {
            told.add("moved " + from + " to " + to);
        }
    }
}
