package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

class SessionsTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final byte[] DATA = {1, 2, 3};

    private final EngineFixture fixture =
            new EngineFixture(options -> {
                options.shard = 3;
                options.quarantineSeconds = 0;
                options.allocationsPerUser = 1500;
                options.minPort = 50_000;
                options.maxPort = 60_000;
            });

    @Test
    void showsWhatIsKnownOfASession() {
        TestClient client = fixture.udp();
        TransportAddress relayed = client.allocate();
        client.createPermission(address("192.0.2.56", 0));
        client.channelBind(0x4000, PEER);
        client.channelData(0x4000, DATA);
        client.channelData(0x4000, DATA);
        fixture.peerSends(relayed, PEER, DATA);
        fixture.advance(60);

        Session session = all().getFirst();

        assertEquals("3-1", session.id().toString());
        assertEquals("alice", session.username());
        assertEquals(client.address(), session.client());
        assertEquals(Transport.UDP, session.transport());
        assertEquals(List.of(relayed), session.relayed());
        assertEquals(List.of(2, 1), List.of(session.permissions(), session.channels()));
        assertEquals(Duration.ofMinutes(1), session.age());
        assertEquals(Duration.ofMinutes(9), session.remaining());
        assertEquals(List.of(6L, 2L), List.of(session.bytesToPeers(), session.packetsToPeers()));
        assertEquals(List.of(3L, 1L), List.of(session.bytesToClient(), session.packetsToClient()));
        List<Session.Details> details = new ArrayList<>();
        walk(1, seen -> details.add(seen.details()));
        assertEquals(
                List.of(new Session.Channel(0x4000, PEER, Duration.ofMinutes(9))),
                details.getFirst().channels());
        assertTrue(
                details.getFirst()
                        .permissions()
                        .contains(new Session.Permission(PEER.withPort(0), Duration.ofMinutes(4))));
    }

    @Test
    void countsNothingThatHasExpired() {
        TestClient client = fixture.udp();
        client.allocate();
        client.channelBind(0x4000, PEER);
        fixture.advance(300);
        assertEquals(List.of(0, 1), counts());
        client.ask(StunMethod.REFRESH);
        fixture.advance(300);
        assertEquals(List.of(0, 0), counts());
    }

    private List<Integer> counts() {
        Session session = all().getFirst();
        return List.of(session.permissions(), session.channels());
    }

    @Test
    void looksAtNoMoreThanASliceAtOnce() {
        for (int i = 0; i < 1500; i++) {
            fixture.udp().allocate();
        }
        var sizes = new ArrayList<Integer>();
        var seen = new HashSet<AllocationId>();
        int next = 0;
        while (next != Sessions.END) {
            var slice = new ArrayList<AllocationId>();
            next =
                    fixture.engine
                            .sessions()
                            .visit(next, 256, fixture.nowNanos, one -> slice.add(one.id()));
            sizes.add(slice.size());
            seen.addAll(slice);
        }
        assertEquals(List.of(256, 256, 256, 256, 256, 220), sizes);
        assertEquals(1500, seen.size());
    }

    @Test
    void showsADualAllocationOnce() {
        TestClient client = fixture.udp();
        client.ask(
                StunMethod.ALLOCATE,
                new RequestedTransport(RequestedTransport.UDP),
                new AdditionalAddressFamily(AddressFamily.IPV6.code()));
        List<Session> sessions = all();
        assertEquals(1, sessions.size());
        assertEquals(2, sessions.getFirst().relayed().size());
    }

    @Test
    void whatIsEndedIsGoneWithAllItHeld() {
        TestClient client = fixture.udp();
        TestClient other = fixture.udp().as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        TransportAddress relayed = client.allocate();
        other.allocate();
        client.channelBind(0x4000, PEER);

        walk(
                1,
                seen -> {
                    if (seen.username().equals("alice")) {
                        seen.end(EndReason.ENDED_BY_OPERATOR);
                    }
                });

        assertEquals(List.of(new Output.CloseRelay(relayed)), fixture.drain());
        assertTrue(fixture.events.lines.contains("ended alice ENDED_BY_OPERATOR 0 0"));
        assertEquals(List.of("bob"), all().stream().map(Session::username).toList());
        assertEquals(List.of(), client.channelData(0x4000, DATA));
        assertEquals(437, client.refusal(StunMethod.REFRESH));
        client.allocate();
    }

    @Test
    void whatIsEndedCountsNoMore() {
        for (int i = 0; i < 1500; i++) {
            fixture.udp().allocate();
        }
        TestClient late = fixture.udp();
        assertEquals(486, late.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        AllocationId first = all().getFirst().id();

        walk(
                256,
                seen -> {
                    if (seen.id().equals(first)) {
                        seen.end(EndReason.ENDED_BY_OPERATOR);
                    }
                });

        fixture.drain();
        late.allocate();
        assertEquals(1500, all().size());
    }

    @Test
    void namesAreNeverUsedAgain() {
        TestClient client = fixture.udp();
        client.allocate();
        walk(1, seen -> seen.end(EndReason.ENDED_BY_OPERATOR));
        fixture.drain();
        client.allocate();
        assertEquals(new AllocationId(3, 2), all().getFirst().id());
    }

    private List<Session> all() {
        List<Session> sessions = new ArrayList<>();
        walk(7, seen -> sessions.add(seen.session()));
        return sessions;
    }

    private void walk(int slice, Sessions.Visitor visitor) {
        int next = 0;
        while (next != Sessions.END) {
            next = fixture.engine.sessions().visit(next, slice, fixture.nowNanos, visitor);
        }
    }
}
