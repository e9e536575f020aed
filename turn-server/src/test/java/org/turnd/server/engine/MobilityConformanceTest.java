package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;
import static org.turnd.server.engine.MobileHome.allocate;
import static org.turnd.server.engine.MobileHome.assertPeerReaches;
import static org.turnd.server.engine.MobileHome.assertReachesPeer;
import static org.turnd.server.engine.MobileHome.letIn;
import static org.turnd.server.engine.MobileHome.refused;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.XorPeerAddress;
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
            MobilityTicket good = allocate(either.udp()).ticket();
            assertEquals(400, either.udp().refusal(StunMethod.ALLOCATE, TestClient.UDP, good));
        }
    }

    @Test
    @Tag("M-03")
    void keepsEverythingWhenTheClientMoves() {
        MobileHome home = allocate(client);
        fixture.advance(200);
        TestClient moved = fixture.udp();
        TestClient.Exchange answer =
                moved.ask(StunMethod.REFRESH, home.ticket(), new Lifetime(1200));
        assertEquals(1200, answer.get(Lifetime.class).seconds());
        assertNotEquals(home.ticket(), answer.get(MobilityTicket.class));
        assertReachesPeer(moved, home);
        assertPeerReaches(fixture, moved, home);
        // The permission is as old as it was.
        fixture.advance(101);
        assertEquals(List.of(), fixture.peerSends(home.relayed(), PEER, DATA));
        moved.createPermission(PEER);
        assertPeerReaches(fixture, moved, home);
        assertEquals(1, fixture.engine.allocationCount());
        assertEquals(1, fixture.count(Counter.CLIENTS_MOVED));
        // From then on it is at home there.
        assertEquals(437, client.refusal(StunMethod.REFRESH));
        assertEquals(600, moved.refresh(600));
        fixture.advance(599);
        assertEquals(List.of(new Output.CloseRelay(home.relayed())), fixture.advance(1));
        assertEquals(437, refused(fixture.udp(), answer.get(MobilityTicket.class)));
    }

    @Test
    @Tag("M-03")
    void movesAgainAndAgainAndBack() {
        MobileHome home = allocate(client);
        MobilityTicket ticket = home.ticket();
        TestClient[] places = {fixture.udp(), fixture.tcp(), client, fixture.udp(), client};
        for (TestClient place : places) {
            ticket = letIn(place, ticket);
            assertReachesPeer(place, home);
            assertPeerReaches(fixture, place, home);
        }
        assertEquals(1, fixture.engine.allocationCount());
        client.refresh(0);
        assertEquals(0, fixture.engine.allocationCount());
    }

    @Test
    @Tag("M-05")
    void servesTheOldPlaceUntilDataComesFromTheNewOne() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        letIn(moved, home.ticket());
        for (int i = 0; i < 3; i++) {
            assertPeerReaches(fixture, client, home);
            assertReachesPeer(client, home);
            assertEquals(
                    List.of(Output.ToPeer.of(home.relayed(), PEER, DATA)), client.send(PEER, DATA));
        }
        // Requests aren't data.
        moved.createPermission(PEER);
        moved.channelBind(CHANNEL, PEER);
        moved.refresh(600);
        assertPeerReaches(fixture, client, home);
        assertReachesPeer(moved, home);
        assertPeerReaches(fixture, moved, home);
        assertEquals(List.of(), client.channelData(CHANNEL, DATA));
        assertEquals(List.of(), client.send(PEER, DATA));
        assertEquals(437, client.refusal(StunMethod.CREATE_PERMISSION, new XorPeerAddress(PEER)));
        assertTrue(fixture.events.lines.contains("left alice " + client.path));
    }

    @Test
    @Tag("M-05")
    void movesWithASendIndicationToo() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        letIn(moved, home.ticket());
        assertEquals(List.of(Output.ToPeer.of(home.relayed(), PEER, DATA)), moved.send(PEER, DATA));
        assertPeerReaches(fixture, moved, home);
    }

    @Test
    @Tag("M-05")
    void staysWhenWhatComesFromTheNewPlaceIsNoData() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        letIn(moved, home.ticket());
        assertEquals(List.of(), moved.feed((byte) 0x40, (byte) 0, (byte) 0, (byte) 9, (byte) 1));
        assertEquals(List.of(), moved.feed(moved.indication(StunMethod.SEND).bytes()));
        assertEquals(List.of(), moved.feed((byte) 0xFF));
        assertPeerReaches(fixture, client, home);
    }

    @Test
    @Tag("M-05")
    @Tag("C-14")
    void movesWhenTheOldConnectionCloses() {
        TestClient old = fixture.tcp();
        MobileHome home = allocate(old);
        TestClient moved = fixture.tcp();
        letIn(moved, home.ticket());
        assertPeerReaches(fixture, old, home);
        assertEquals(List.of(), old.close());
        assertPeerReaches(fixture, moved, home);
        assertReachesPeer(moved, home);
    }

    @Test
    @Tag("M-05")
    void goesOnWhereItWasWhenTheNewConnectionCloses() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.tcp();
        MobilityTicket fresh = letIn(moved, home.ticket());
        assertEquals(List.of(), moved.close());
        assertPeerReaches(fixture, client, home);
        assertReachesPeer(client, home);
        letIn(fixture.tcp(), fresh);
    }

    @Test
    @Tag("M-08")
    void dropsDataThatComesBeforeTheRefresh() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        assertEquals(List.of(), moved.channelData(CHANNEL, DATA));
        assertEquals(List.of(), moved.send(PEER, DATA));
        assertEquals(2, fixture.count(Counter.DROPPED_NO_ALLOCATION));
        assertPeerReaches(fixture, client, home);
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
        MobileHome home = allocate(old);
        TestClient moved = at(to, 2, toHost);
        MobilityTicket fresh = letIn(moved, home.ticket());
        assertPeerReaches(fixture, old, home);
        assertReachesPeer(moved, home);
        assertPeerReaches(fixture, moved, home);
        assertEquals(List.of(), old.channelData(CHANNEL, DATA));
        letIn(old, fresh);
        assertReachesPeer(old, home);
        assertPeerReaches(fixture, old, home);
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
        MobileHome home = allocate(old);
        assertEquals(List.of(), old.close());
        fixture.advance(19);
        TestClient moved = fixture.udp();
        MobilityTicket fresh = letIn(moved, home.ticket());
        // Nobody is left at the old place.
        assertPeerReaches(fixture, moved, home);
        assertReachesPeer(moved, home);
        fixture.advance(30);
        assertEquals(1, fixture.engine.allocationCount());
        // And again, after a second connection.
        TestClient third = fixture.tcp();
        letIn(third, fresh);
        assertReachesPeer(third, home);
        assertEquals(List.of(), third.close());
        assertEquals(List.of(), fixture.advance(19));
        assertEquals(List.of(new Output.CloseRelay(home.relayed())), fixture.advance(1));
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
        MobileHome home = allocate(old);
        fixture.advance(590);
        assertEquals(List.of(), old.close());
        assertEquals(List.of(new Output.CloseRelay(home.relayed())), fixture.advance(10));
        assertEquals(437, refused(fixture.udp(), home.ticket()));
    }

    @Test
    @Tag("F-25")
    @Tag("M-03")
    void countsAMobileAllocationOnceHoweverItMoves() {
        EngineFixture one = new EngineFixture(options -> options.allocationsPerUser = 1);
        TestClient old = one.tcp();
        MobilityTicket ticket = allocate(old).ticket();
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
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        TestClient.Exchange answer = moved.ask(StunMethod.REFRESH, home.ticket(), new Lifetime(0));
        assertEquals(0, answer.get(Lifetime.class).seconds());
        assertNull(answer.answer().first(MobilityTicket.class));
        assertEquals(List.of(new Output.CloseRelay(home.relayed())), answer.effects());
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
        MobileHome home = allocate(client);
        TestClient moved = at(transport, 2, "198.51.100.9");
        letIn(moved, home.ticket());
        assertEquals(List.of(new Output.CloseRelay(home.relayed())), fixture.advance(600));
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
        MobileHome home = allocate(old);
        TestClient moved = offloading.udp();
        letIn(moved, home.ticket());
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
