package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.server.engine.Counter;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// TCP allocations (RFC 6062) over real connections.
class TcpRelayTest extends TcpRelayFixture {
    @Test
    @Tag("L-01")
    @Tag("L-06")
    @Tag("L-08")
    @Tag("L-14")
    void connectsFromTheRelayedAddressAndRelaysBothWays() throws Exception {
        try (var server = start();
                var control = open(server);
                var listener = listen()) {
            TransportAddress relayed = control.client().allocateTcp();
            int id = connect(control, address(listener));
            try (var peer = accept(listener);
                    var data = bind(server, control, id)) {
                assertEquals(relayed.toInetSocketAddress(), peer.getRemoteSocketAddress(), "L-06");
                byte[] much = random(3_000_001);
                var there =
                        CompletableFuture.runAsync(
                                () -> {
                                    try {
                                        assertPasses(much, data.out(), peer.getInputStream());
                                    } catch (Exception e) {
                                        throw new AssertionError(e);
                                    }
                                },
                                THREADS);
                assertPasses(much, peer.getOutputStream(), data.in());
                there.get();
                control.client().request(StunMethod.REFRESH, new Lifetime(600));
            }
            Eventually.equal(1, () -> (int) count(server, Counter.PEER_CONNECTIONS_CLOSED));
            assertEquals(3_000_001, count(server, Counter.BYTES_TO_PEERS));
            assertEquals(3_000_001, count(server, Counter.BYTES_TO_CLIENTS));
        }
    }

    @Test
    @Tag("L-06")
    void severalPeersAreReachedFromOneRelayOnWhateverShard() throws Exception {
        try (var server = start();
                var control = open(server)) {
            TransportAddress relayed = control.client().allocateTcp();
            List<AutoCloseable> open = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS_MAX; i++) {
                var listener = listen();
                int id = connect(control, address(listener));
                var peer = accept(listener);
                var data = bind(server, control, id);
                open.addAll(List.of(peer, data));
                assertEquals(relayed.port(), peer.getPort());
                assertPasses(random(1000 + i), data.out(), peer.getInputStream());
                assertPasses(random(2000 + i), peer.getOutputStream(), data.in());
                listener.close();
            }
            assertEquals(508, code(control.client().request(StunMethod.CONNECT, to(relayed))));
            for (AutoCloseable each : open) {
                each.close();
            }
        }
    }

    @Test
    @Tag("L-10")
    @Tag("L-11")
    void takesAPeerWithPermissionAndKeepsWhatItSaysFirst() throws Exception {
        try (var server = start();
                var control = open(server)) {
            TransportAddress relayed = control.client().allocateTcp();
            try (var stranger = new Socket(relayed.toInetAddress(), relayed.port())) {
                stranger.setSoTimeout(Wire.TIMEOUT_MILLIS);
                assertEquals(-1, StreamTest.readToEnd(stranger));
            }
            Eventually.equal(1, () -> (int) count(server, Counter.PEER_CONNECTIONS_REFUSED));
            control.client()
                    .request(StunMethod.CREATE_PERMISSION, to(TransportAddress.of(LOOPBACK, 1)));
            try (var peer = new Socket(relayed.toInetAddress(), relayed.port())) {
                peer.setSoTimeout(Wire.TIMEOUT_MILLIS);
                byte[] first = random(40_000);
                peer.getOutputStream().write(first);
                StunMessage attempt = control.client().receiveStun();
                assertEquals(StunMethod.CONNECTION_ATTEMPT, attempt.method());
                assertEquals(
                        TransportAddress.of(LOOPBACK, peer.getLocalPort()),
                        assertInstanceOf(XorPeerAddress.class, attempt.first(XorPeerAddress.class))
                                .address());
                try (var data = bind(server, control, idIn(attempt))) {
                    assertArrayEquals(first, data.in().readNBytes(first.length));
                    assertPasses(random(100_000), peer.getOutputStream(), data.in());
                    assertPasses(random(100_000), data.out(), peer.getInputStream());
                }
                assertEquals(-1, StreamTest.readToEnd(peer));
            }
        }
    }

    @Test
    @Tag("L-10")
    void deliversWhatAPeerSaidThatHasAlreadyGone() throws Exception {
        try (var server = start();
                var control = open(server)) {
            TransportAddress relayed = control.client().allocateTcp();
            control.client()
                    .request(StunMethod.CREATE_PERMISSION, to(TransportAddress.of(LOOPBACK, 1)));
            byte[] all = random(60_000);
            try (var peer = new Socket(relayed.toInetAddress(), relayed.port())) {
                peer.getOutputStream().write(all);
            }
            int id = idIn(control.client().receiveStun());
            try (var data = bind(server, control, id)) {
                assertArrayEquals(all, data.in().readNBytes(all.length));
                assertEquals(-1, data.in().read());
            }
        }
    }

    @Test
    @Tag("L-14")
    void relaysWhatFollowsTheBindingInOnePieceWithoutLookingAtIt() throws Exception {
        try (var server = start();
                var control = open(server);
                var listener = listen();
                var data = open(server)) {
            control.client().allocateTcp();
            int id = connect(control, address(listener));
            data.client().withNonceOf(control.client());
            var piece = new ByteArrayOutputStream();
            piece.write(
                    data.client().authenticated(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
            var raw = new ByteArrayOutputStream();
            raw.write(TestClient.bindingRequest());
            raw.write(new byte[] {4, 4, 4, 4});
            raw.write(random(5000));
            raw.write(
                    data.client().authenticated(StunMethod.CONNECTION_BIND, new ConnectionId(id)));
            piece.write(raw.toByteArray());
            try (var peer = accept(listener)) {
                data.out().write(piece.toByteArray());
                StunMessage answer = data.client().receiveStun();
                assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass());
                assertArrayEquals(raw.toByteArray(), peer.getInputStream().readNBytes(raw.size()));
                assertPasses(HELLO, peer.getOutputStream(), data.in());
            }
        }
    }

    @Test
    @Tag("L-05")
    @Tag("L-07")
    void refusesTheSameTwiceAndWhatCannotBeReached() throws Exception {
        try (var server = start();
                var control = open(server);
                var listener = listen()) {
            control.client().allocateTcp();
            TransportAddress nobody = TransportAddress.of(LOOPBACK, TestSettings.freePort());
            assertEquals(447, code(control.client().request(StunMethod.CONNECT, to(nobody))));
            assertEquals(447, code(control.client().request(StunMethod.CONNECT, to(nobody))));
            int id = connect(control, address(listener));
            assertEquals(
                    446, code(control.client().request(StunMethod.CONNECT, to(address(listener)))));
            try (var peer = accept(listener);
                    var data = bind(server, control, id)) {
                assertPasses(HELLO, data.out(), peer.getInputStream());
            }
        }
    }

    @Test
    @Tag("L-05")
    void connectsAgainWhoeverClosedFirst() throws Exception {
        try (var server = start();
                var control = open(server);
                var listener = listen()) {
            control.client().allocateTcp();
            for (int i = 0; i < 6; i++) {
                int id = connect(control, address(listener));
                try (var peer = accept(listener);
                        var data = bind(server, control, id)) {
                    assertPasses(HELLO, data.out(), peer.getInputStream());
                    if (i % 2 == 0) {
                        end(data);
                        assertEquals(-1, StreamTest.readToEnd(peer));
                    } else {
                        end(peer);
                        assertEquals(-1, StreamTest.readToEnd(data.socket()));
                    }
                }
                int closed = i + 1;
                Eventually.equal(
                        closed, () -> (int) count(server, Counter.PEER_CONNECTIONS_CLOSED));
            }
        }
    }

    @Test
    @Tag("L-12")
    void guessesAndSecondClientsGetNothing() throws Exception {
        try (var server = start();
                var control = open(server);
                var listener = listen()) {
            control.client().allocateTcp();
            int id = connect(control, address(listener));
            try (var peer = accept(listener);
                    var guesser = open(server);
                    var data = bind(server, control, id);
                    var second = open(server)) {
                for (int guess = 1; guess < 100; guess++) {
                    assertEquals(
                            400,
                            code(
                                    guesser.client()
                                            .request(
                                                    StunMethod.CONNECTION_BIND,
                                                    new ConnectionId(id + guess))));
                }
                assertEquals(
                        400,
                        code(
                                second.client()
                                        .request(
                                                StunMethod.CONNECTION_BIND, new ConnectionId(id))));
                assertPasses(HELLO, data.out(), peer.getInputStream());
                end(peer);
                assertEquals(-1, StreamTest.readToEnd(data.socket()));
                assertEquals(
                        400,
                        code(
                                second.client()
                                        .request(
                                                StunMethod.CONNECTION_BIND, new ConnectionId(id))));
            }
        }
    }

    @Test
    @Tag("W-14")
    void aClientWithoutANonceIsAskedToTryAgain() throws Exception {
        try (var server = start();
                var control = open(server);
                var listener = listen()) {
            control.client().allocateTcp();
            int id = connect(control, address(listener));
            try (var peer = accept(listener);
                    var data = open(server)) {
                // Its own challenge first, as after a 438.
                StunMessage answer =
                        data.client().request(StunMethod.CONNECTION_BIND, new ConnectionId(id));
                assertEquals(StunClass.SUCCESS_RESPONSE, answer.messageClass());
                assertPasses(HELLO, data.out(), peer.getInputStream());
            }
        }
    }
}
