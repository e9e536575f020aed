package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.ReservationToken;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Bytes as a program: who does what next to one engine. Clients and peers are honest and hostile
/// in turn, sockets come late or never, and the clock leaps. [EngineJudge] watches every step, and
/// at the end nothing may be left.
final class EngineProgram {
    private static final int STEPS_MAX = 300;
    private static final int HEARD_MAX = 16;
    private static final int PORTS = 8;
    private static final int FIRST_PORT = 50_000;
    private static final int QUARANTINE_SECONDS = 5;
    private static final int ALLOCATIONS_PER_USER = 3;
    private static final long[] PAUSES = {0, 1, 5, 20, 31, 60, 240, 301, 599, 600, 601, 3600, 4000};
    private static final StunMethod[] METHODS = {
        StunMethod.ALLOCATE,
        StunMethod.REFRESH,
        StunMethod.CREATE_PERMISSION,
        StunMethod.CHANNEL_BIND,
        StunMethod.CONNECT,
        StunMethod.CONNECTION_BIND,
        StunMethod.BINDING
    };
    private static final TransportAddress[] PEERS = {
        address("192.0.2.7", 7000),
        address("192.0.2.7", 7001),
        address("192.0.2.8", 7000),
        address("2001:db8:9::7", 7000),
        address("10.0.0.1", 7000),
        address("203.0.113.10", FIRST_PORT),
        address("203.0.113.10", FIRST_PORT + 1),
        address("0.0.0.0", 7000)
    };

    private final Draws draws;
    private final EngineFixture fixture =
            new EngineFixture(options -> {
                options.allocationsMax = 5;
                options.allocationsPerUser = ALLOCATIONS_PER_USER;
                options.permissionsMax = 3;
                options.channelsMax = 3;
                options.storedAnswersMax = 8;
                options.classicStun = true;
                options.minPort = FIRST_PORT;
                options.maxPort = FIRST_PORT + PORTS - 1;
                options.quarantineSeconds = QUARANTINE_SECONDS;
                options.relayTransports = new RelayTransports(true, true, 3);
            });
    private final EngineJudge judge = new EngineJudge(fixture, PORTS);
    private final List<TestClient> clients = new ArrayList<>();

    /// What clients have sent, for those who replay it.
    private final List<byte[]> heard = new ArrayList<>();

    /// Connections with peers, and those of them that are being made.
    private final List<Integer> connections = new ArrayList<>();

    private final Set<Integer> connecting = new HashSet<>();
    private Octets ticket = Octets.EMPTY;
    private long token;

    EngineProgram(byte[] program) {
        draws = new Draws(program);
        fixture.peers.denyHost(address("10.0.0.1", 0));
        fixture.peers.denyHost(address("0.0.0.0", 0));
        for (int i = 0; i < 3; i++) {
            clients.add(fixture.udp());
        }
        clients.add(fixture.udp(1, address("2001:db8:7::1", 40_000)));
        clients.add(fixture.tcp());
        clients.add(fixture.tcp());
        clients.get(2).as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        clients.get(5).as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        clients.get(1).sha256 = true;
    }

    void run() {
        for (int steps = 0; steps < STEPS_MAX && draws.remain(); steps++) {
            judge.beforeStep();
            step();
            judge.checkState();
        }
        leave();
    }

    private void step() {
        switch (draws.below(16)) {
            case 0 -> advance(PAUSES[draws.below(PAUSES.length)]);
            case 1 -> fixture.advanceSilently(PAUSES[draws.below(PAUSES.length)]);
            case 2, 3, 4, 5 -> feed(client(), request());
            case 6 -> feed(client(), draws.bytes(draws.below(256)));
            case 7 -> feed(client(), altered(request()));
            case 8 -> feed(client(), draws.of(heard, new byte[0]));
            case 9 -> {
                TestClient from = client();
                StunAttribute[] data = {new XorPeerAddress(peer()), new Data(data())};
                feed(from, from.indication(StunMethod.SEND).put(data).bytes());
            }
            case 10 -> feed(client(), TestClient.channelDataBytes(channel(), data().toByteArray()));
            case 11 -> peerSends();
            case 12 -> icmpError();
            case 13 -> peerConnection();
            case 14 -> sockets();
            default -> reconnect();
        }
    }

    private TestClient client() {
        return clients.get(draws.below(clients.size()));
    }

    private TransportAddress peer() {
        return PEERS[draws.below(PEERS.length)];
    }

    private int channel() {
        return 0x4000 + draws.below(4);
    }

    private Octets data() {
        return Octets.of(draws.bytes(draws.below(32)));
    }

    /// A request of the client that [#client] gave last, or of another: then it is signed by the
    /// wrong one.
    private byte[] request() {
        TestClient signer = clients.get(draws.below(clients.size()));
        TestMessage message = signer.request(METHODS[draws.below(METHODS.length)]);
        for (int count = draws.below(5); count > 0; count--) {
            message.put(attribute());
        }
        boolean isSigned = draws.below(8) > 0;
        if (isSigned && signer.nonce != null) {
            signer.sign(message);
        }
        if (draws.below(4) == 0) {
            message.fingerprint();
        }
        return message.bytes();
    }

    private StunAttribute attribute() {
        return switch (draws.below(16)) {
            case 0, 1 -> TestClient.UDP;
            case 2 -> new RequestedTransport(draws.below(2) == 0 ? 6 : draws.below(256));
            case 3, 4, 5 -> new XorPeerAddress(peer());
            case 6, 7 -> new ChannelNumber(draws.below(8) == 0 ? draws.below(65_536) : channel());
            case 8 -> new Lifetime(PAUSES[draws.below(PAUSES.length)]);
            case 9 -> new StunAttribute.EvenPort(draws.below(2) == 0);
            case 10 -> new StunAttribute.RequestedAddressFamily(1 + draws.below(2));
            case 11 -> new StunAttribute.AdditionalAddressFamily(1 + draws.below(2));
            case 12 -> new ReservationToken(token);
            case 13 -> new MobilityTicket(draws.below(2) == 0 ? Octets.EMPTY : ticket);
            case 14 -> new ConnectionId(draws.of(connections, 0));
            default ->
                    new StunAttribute.UnknownAttribute(
                            draws.below(65_536), Octets.of(draws.bytes(draws.below(40))));
        };
    }

    private byte[] altered(byte[] message) {
        byte[] copy = message.clone();
        for (int flips = 1 + draws.below(3); flips > 0; flips--) {
            copy[draws.below(copy.length)] ^= (byte) (1 << draws.below(8));
        }
        return copy;
    }

    private void feed(TestClient from, byte[] bytes) {
        if (heard.size() < HEARD_MAX) {
            heard.add(bytes);
        } else {
            heard.set(draws.below(HEARD_MAX), bytes);
        }
        List<Output> outputs = from.feed(bytes);
        StunMessage answer = judge.fromClient(from, bytes, outputs);
        learn(outputs);
        if (answer != null) {
            Nonce nonce = answer.first(Nonce.class);
            from.nonce = nonce == null ? from.nonce : nonce.value();
            MobilityTicket fresh = answer.first(MobilityTicket.class);
            ticket = fresh == null ? ticket : fresh.value();
            ReservationToken reserved = answer.first(ReservationToken.class);
            token = reserved == null ? token : reserved.token();
        }
    }

    private void learn(List<Output> outputs) {
        for (Output output : outputs) {
            if (output instanceof Output.ConnectPeer attempt) {
                connections.add(attempt.connection());
                connecting.add(attempt.connection());
            } else if (output instanceof Output.ClosePeer closed) {
                connections.remove(Integer.valueOf(closed.connection()));
                connecting.remove(closed.connection());
            } else if (output instanceof Output.BindPeer bound) {
                fixture.engine.peers().onBound(bound.connection());
            } else if (output instanceof Output.HandOver handOver) {
                handOver(handOver);
            }
        }
    }

    /// From one relay of this engine to another.
    private void handOver(Output.HandOver packet) {
        fixture.engine.onHandOver(
                packet.relay().high(),
                packet.relay().low(),
                packet.relay().port(),
                packet.source().high(),
                packet.source().low(),
                packet.source().port(),
                EngineFixture.input(packet.bytes().toByteArray()),
                EngineFixture.HEADROOM,
                packet.bytes().length(),
                fixture.nowNanos);
        judge.fromPeer(packet.source(), fixture.drain());
    }

    private void advance(long seconds) {
        List<Output> outputs = fixture.advance(seconds);
        judge.unasked(outputs);
        learn(outputs);
    }

    private @Nullable TransportAddress relay() {
        List<TransportAddress> relays = fixture.sink.relays();
        return relays.isEmpty() ? null : relays.get(draws.below(relays.size()));
    }

    private void peerSends() {
        TransportAddress relay = relay();
        if (relay != null) {
            TransportAddress peer = peer();
            byte[] bytes = data().toByteArray();
            judge.fromPeer(peer, fixture.peerSends(relay, peer, bytes));
        }
    }

    private void icmpError() {
        TransportAddress relay = relay();
        if (relay != null) {
            TransportAddress peer = peer();
            fixture.engine.onIcmpError(
                    fixture.sink.relayAt(relay),
                    peer.high(),
                    peer.low(),
                    peer.port(),
                    draws.below(256),
                    draws.below(256),
                    draws.below(65_536),
                    fixture.nowNanos);
            judge.fromPeer(peer, fixture.drain());
        }
    }

    /// What peers do with TCP connections.
    private void peerConnection() {
        PeerInputs peers = fixture.engine.peers();
        TransportAddress relay = relay();
        int connection = draws.of(connections, PeerInputs.NO_CONNECTION);
        switch (draws.below(4)) {
            case 0 -> {
                if (relay != null && isTcp(relay)) {
                    int relayId = fixture.sink.relayAt(relay);
                    int id = peers.onAccepted(relayId, peer(), fixture.nowNanos);
                    if (id != PeerInputs.NO_CONNECTION) {
                        fixture.sink.accepted(id);
                        connections.add(id);
                    }
                }
            }
            case 1 -> {
                if (connecting.remove(connection)) {
                    peers.onConnected(connection, fixture.nowNanos);
                }
            }
            case 2 -> {
                if (connecting.remove(connection)) {
                    fixture.sink.gone(connection);
                    connections.remove(Integer.valueOf(connection));
                    peers.onConnectFailed(connection, fixture.nowNanos);
                }
            }
            default -> {
                if (!connecting.contains(connection)
                        && connections.remove(Integer.valueOf(connection))) {
                    fixture.sink.gone(connection);
                    peers.onClosed(connection);
                }
            }
        }
        List<Output> outputs = fixture.drain();
        judge.unasked(outputs);
        learn(outputs);
    }

    private boolean isTcp(TransportAddress relay) {
        return fixture.shared.isTcpRelay(relay.high(), relay.low(), relay.port());
    }

    /// How relay sockets fare from now on.
    private void sockets() {
        RecordingSink.Binding[] kinds = RecordingSink.Binding.values();
        int choice = draws.below(kinds.length + 2);
        if (choice < kinds.length) {
            fixture.sink.binding = kinds[choice];
        } else if (fixture.sink.isWaitedFor()) {
            fixture.sink.settleOldest(choice == kinds.length);
        }
        judge.unasked(fixture.drain());
    }

    private void reconnect() {
        int index = 4 + draws.below(2);
        TestClient old = clients.get(index);
        List<Output> outputs = old.close();
        judge.unasked(outputs);
        learn(outputs);
        TestClient fresh = fixture.tcp().as(old.username, old.password);
        fresh.sha256 = old.sha256;
        clients.set(index, fresh);
    }

    /// Everybody goes without a word; time passes.
    private void leave() {
        reconnectAll();
        while (fixture.sink.isWaitedFor()) {
            fixture.sink.settleOldest(true);
        }
        judge.unasked(fixture.drain());
        advance(4000);
        advance(QUARANTINE_SECONDS + 40);
        assertEquals(0, fixture.engine.allocationCount());
        assertEquals(List.of(), fixture.sink.relays());
        assertEquals(0, fixture.sink.connections());
        assertEquals(0, fixture.shared.connectionCount());
        assertEquals(Long.MAX_VALUE, fixture.engine.nextDeadlineNanos());
        judge.checkEveryPortIsFree();
        for (String user : List.of(EngineFixture.USER, EngineFixture.OTHER_USER)) {
            for (int i = 0; i < ALLOCATIONS_PER_USER; i++) {
                assertTrue(fixture.shared.acquireAllocation(0, user), "a quota leaked");
            }
        }
    }

    private void reconnectAll() {
        for (int index = 4; index < clients.size(); index++) {
            judge.unasked(clients.get(index).close());
        }
    }
}
