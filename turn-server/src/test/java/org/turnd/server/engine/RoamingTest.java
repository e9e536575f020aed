package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// What happens when two shards don't know the same about a client (RFC 8016).
@Tag("M-05")
@Tag("M-09")
class RoamingTest {
    private static final TransportAddress PEER = address("192.0.2.55", 5000);
    private static final int CHANNEL = 0x4000;
    private static final byte[] DATA = {1, 2, 3, 4};
    private static final MobilityTicket WANTED = new MobilityTicket(Octets.EMPTY);

    private final ShardedFixture server = new ShardedFixture(3, new SplittableRandom(1), 0, 9);
    private final TestClient home = place(0, Transport.UDP, 1);
    private int asked;

    private TestClient place(int shard, Transport transport, int port) {
        TestClient place = server.client(shard, transport, address("198.51.100.7", port));
        place.nonce = "none yet";
        return place;
    }

    private StunMessage ask(TestClient from, StunMethod method, StunAttribute... attributes) {
        asked++;
        StunMessage answer = exchange(from, from.signed(method, attributes));
        if (code(answer) == 438) {
            from.nonce = Objects.requireNonNull(answer.first(Nonce.class)).value();
            answer = exchange(from, from.signed(method, attributes));
        }
        return answer;
    }

    private StunMessage exchange(TestClient from, byte[] request) {
        server.feed(from, request);
        return server.settle().stream()
                .filter(each -> each.client() == from)
                .map(each -> TestClient.decode(each.bytes()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("request " + asked + " isn't answered"));
    }

    private static int code(StunMessage answer) {
        ErrorCode error = answer.first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    private StunMessage allocate(TestClient client) {
        StunMessage answer = ask(client, StunMethod.ALLOCATE, TestClient.UDP, WANTED);
        assertEquals(0, code(answer));
        ask(client, StunMethod.CHANNEL_BIND, new ChannelNumber(CHANNEL), new XorPeerAddress(PEER));
        return answer;
    }

    private static MobilityTicket ticket(StunMessage answer) {
        return Objects.requireNonNull(answer.first(MobilityTicket.class));
    }

    private static TransportAddress relayed(StunMessage answer) {
        return Objects.requireNonNull(answer.first(XorRelayedAddress.class)).address();
    }

    private void moveTo(TestClient away, StunMessage allocated) {
        assertEquals(0, code(ask(away, StunMethod.REFRESH, ticket(allocated))));
        server.feed(away, TestClient.channelDataBytes(CHANNEL, DATA));
        assertEquals(1, server.settle().size());
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UDP", "TCP"})
    void aClientBeginsAnewWhereItsShardHasNotHeardOfTheEnd(Transport transport) {
        TestClient away = place(1, transport, 2);
        moveTo(away, allocate(home));
        server.shards.getFirst().engine.stop(server.shards.getFirst().nowNanos);
        server.advance(1);
        server.lose();
        // The other shard gives it back.
        assertEquals(0, code(ask(away, StunMethod.ALLOCATE, TestClient.UDP)));
        assertEquals(1, server.shards.get(1).engine.allocationCount());
        assertEquals(0, code(ask(away, StunMethod.REFRESH, new Lifetime(0))));
        assertEquals(0, server.roamingClients());
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"UDP", "TCP"})
    void aTicketOfAThirdShardGetsThereThroughAnOldRoute(Transport transport) {
        TestClient away = place(1, transport, 2);
        TestClient third = place(2, Transport.UDP, 3);
        StunMessage other = allocate(third);
        moveTo(away, allocate(home));
        server.shards.getFirst().engine.stop(server.shards.getFirst().nowNanos);
        server.advance(1);
        server.lose();
        moveTo(away, other);
        server.peerSends(relayed(other), PEER, DATA);
        assertEquals(
                List.of(
                        new ShardedFixture.Delivered(
                                away, null, Octets.of(TestClient.channelDataBytes(CHANNEL, DATA)))),
                server.settle());
    }

    @Test
    void dataOnAnOldRouteIsDroppedAndTheRouteForgotten() {
        TestClient away = place(1, Transport.UDP, 2);
        moveTo(away, allocate(home));
        server.shards.getFirst().engine.stop(server.shards.getFirst().nowNanos);
        server.advance(1);
        server.lose();
        assertEquals(1, server.roamingClients());
        server.feed(away, TestClient.channelDataBytes(CHANNEL, DATA));
        assertEquals(List.of(), server.settle());
        assertEquals(0, server.roamingClients());
        assertEquals(1, server.shards.get(1).count(Counter.DROPPED_NO_ALLOCATION));
    }

    @Test
    @Tag("C-14")
    void theEndOfAConnectionIsToldAgainWhenDataComesForIt() {
        TestClient away = place(1, Transport.TCP, 2);
        StunMessage allocated = allocate(home);
        moveTo(away, allocated);
        server.close(away);
        server.lose();
        server.advance(30);
        assertEquals(1, server.allocationCount());
        server.peerSends(relayed(allocated), PEER, DATA);
        assertEquals(List.of(), server.settle());
        server.advance(20);
        assertEquals(List.of(), server.leftovers(Set.of(EngineFixture.USER), 9));
        assertEquals(0, server.roamingClients());
    }

    @Test
    void anAllocationMadeMeanwhileIsNotTakenAway() {
        TestClient away = place(1, Transport.UDP, 2);
        StunMessage allocated = allocate(home);
        MobilityTicket ticket = ticket(allocated);
        StunMessage challenged = ask(away, StunMethod.REFRESH, new MobilityTicket(Octets.of(DATA)));
        assertEquals(400, code(challenged));
        byte[] allocate = away.signed(StunMethod.ALLOCATE, TestClient.UDP);
        server.feed(away, away.signed(StunMethod.REFRESH, ticket));
        server.step();
        // The Refresh has succeeded; before its shard hears of it, it has an Allocate.
        server.feed(away, allocate);
        server.settle();
        assertEquals(1, server.shards.get(1).engine.allocationCount());
        assertEquals(0, server.roamingClients());
        server.peerSends(relayed(allocated), PEER, DATA);
        assertTrue(server.settle().stream().allMatch(each -> each.client() == home));
        assertEquals(0, code(ask(away, StunMethod.REFRESH, new Lifetime(0))));
        assertEquals(0, server.shards.get(1).engine.allocationCount());
    }
}
