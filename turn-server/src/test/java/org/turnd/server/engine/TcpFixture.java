package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.List;
import org.turnd.server.engine.TestClient.Exchange;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// An engine with TCP relays, and what a client of RFC 6062 does with it.
abstract class TcpFixture {
    static final RequestedTransport TCP = new RequestedTransport(RequestedTransport.TCP);
    static final TransportAddress PEER = address("192.0.2.7", 7000);
    static final TransportAddress PEER_IPV6 = address("2001:db8:9::7", 7000);
    static final int CONNECTIONS_MAX = 3;

    final EngineFixture fixture =
            new EngineFixture(options ->
                    options.relayTransports = new RelayTransports(true, true, CONNECTIONS_MAX));
    final TestClient control = fixture.tcp();

    static TransportAddress allocate(TestClient client, StunAttribute... attributes) {
        StunAttribute[] all = new StunAttribute[attributes.length + 1];
        all[0] = TCP;
        System.arraycopy(attributes, 0, all, 1, attributes.length);
        Exchange exchange = client.ask(StunMethod.ALLOCATE, all);
        return exchange.get(XorRelayedAddress.class).address();
    }

    /// Sends a Connect that gets no answer yet; returns the connection's id.
    int connect(TestClient client, TransportAddress peer) {
        List<Output> outputs = client.feed(client.signed(StunMethod.CONNECT, to(peer)));
        assertEquals(1, outputs.size(), outputs::toString);
        Output.ConnectPeer attempt = assertInstanceOf(Output.ConnectPeer.class, outputs.getFirst());
        assertEquals(peer, attempt.peer());
        return attempt.connection();
    }

    int connected(TestClient client, TransportAddress peer) {
        int id = connect(client, peer);
        fixture.engine.peers().onConnected(id, fixture.nowNanos);
        Exchange answer = client.answerIn(fixture.drain());
        assertEquals(id, answer.get(ConnectionId.class).id());
        assertTrue(client.isSigned(answer));
        return id;
    }

    int accepted(TransportAddress relay, TransportAddress peer) {
        int id =
                fixture.engine
                        .peers()
                        .onAccepted(fixture.sink.relayAt(relay), peer, fixture.nowNanos);
        if (id != PeerInputs.NO_CONNECTION) {
            fixture.sink.accepted(id);
        }
        return id;
    }

    static StunAttribute to(TransportAddress peer) {
        return new XorPeerAddress(peer);
    }

    private static Output.BindPeer bindingOf(TestClient client, int id) {
        return new Output.BindPeer(client.destination(), 0, id);
    }

    void assertBinds(TestClient data, int id) {
        Exchange bound = data.ask(StunMethod.CONNECTION_BIND, new ConnectionId(id));
        assertEquals(StunClass.SUCCESS_RESPONSE, bound.answer().messageClass());
        assertEquals(List.of(bindingOf(data, id)), bound.effects());
        fixture.engine.peers().onBound(id);
    }

    void assertNothingIsLeft() {
        assertEquals(0, fixture.engine.allocationCount());
        assertEquals(0, fixture.sink.connections());
        assertEquals(0, fixture.shared.connectionCount());
        assertEquals(List.of(), fixture.sink.relays());
        assertEquals(Long.MAX_VALUE, fixture.engine.nextDeadlineNanos());
    }
}
