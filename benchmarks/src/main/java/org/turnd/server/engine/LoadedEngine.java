package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.policy.AddressRules;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.ChannelData;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// An engine with real rules, ports and quotas, and many clients. Each has allocated as clients do,
/// bound [#CHANNEL] to a peer of its own, and a permission for [#EVERYBODYS_PEER]. The clock stands
/// still.
final class LoadedEngine {
    static final int CHANNEL = ChannelData.MIN_NUMBER;
    static final TransportAddress EVERYBODYS_PEER = TransportAddress.ipv4(0x09090909, 50_000);

    private static final int LISTENER = 0;
    private static final long NOW_NANOS = 0;
    private static final String REALM = "turn.example.org";
    private static final String USERNAME = "alice";
    private static final Credential KEY =
            new Credential(IntegrityKey.md5(USERNAME, REALM, "wonderland"));
    private static final TransportAddress RELAY_ADDRESS = TransportAddress.ipv4(0xCB00710A, 0);
    private static final EngineSettings SETTINGS =
            new EngineSettings(
                    REALM,
                    "turnd",
                    600,
                    3600,
                    600,
                    SecurityFeatures.DEFAULT,
                    Redirect.NONE,
                    100_000,
                    256,
                    256,
                    1000,
                    false,
                    0,
                    0x4FFF,
                    false,
                    AbuseLimits.NONE,
                    RelayTransports.UDP_ONLY);

    /// Everybody is one user.
    private static final Credentials CREDENTIALS =
            new Credentials() {
                @Override
                public int candidates() {
                    return 1;
                }

                @Override
                public Credential find(
                        String username, String realm, KeyAlgorithm algorithm, int candidate) {
                    return KEY;
                }
            };

    private static final EngineEvents NO_EVENTS = new EngineEvents() {};

    final Sink sink = new Sink();
    final RandomAddresses clients;

    /// The peer of each client.
    final RandomAddresses peers;

    private final TurnEngine engine;

    /// The relay of each client.
    private final int[] relays;

    private final StunWriter writer = new StunWriter();
    private final MessageIntegrity integrity = new MessageIntegrity();
    private final ByteBuf request = buffer(512);
    private long transaction;

    /// @param allocations fewer than one address has ports
    LoadedEngine(int allocations) {
        SplittableRandom random = new SplittableRandom(1);
        clients = new RandomAddresses(allocations, 0x5F000000, random);
        peers = new RandomAddresses(allocations, 0x08000000, random);
        relays = new int[allocations];
        var relay =
                new ServerSettings.Relay(
                        RELAY_ADDRESS, null, null, null, 1024, 65_535, Duration.ofSeconds(30));
        engine =
                new TurnEngine(
                        0,
                        SETTINGS,
                        new LocalSharedState(relay, Quotas.perUser(allocations), random),
                        CREDENTIALS,
                        new AddressRules(List.of(), List.of(), List.of(), List.of()),
                        sink,
                        NO_EVENTS,
                        ChannelOffload.NONE,
                        random);
        List<Integer> order = new ArrayList<>(IntStream.range(0, allocations).boxed().toList());
        // Who comes one after the other doesn't talk one after the other.
        Collections.shuffle(order, new Random(1));
        order.forEach(this::allocate);
    }

    /// Returns a direct buffer as the server has them.
    static ByteBuf buffer(int bytes) {
        return Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(bytes));
    }

    /// A datagram from a client.
    void fromClient(int client, ByteBuf buffer, int offset, int length) {
        engine.onDatagram(
                LISTENER,
                0,
                clients.low(client),
                clients.port(client),
                buffer,
                offset,
                length,
                NOW_NANOS);
    }

    /// A datagram to a client's relay.
    void fromPeer(int client, long low, int port, ByteBuf buffer, int offset, int length) {
        engine.onPeerDatagram(relays[client], 0, low, port, buffer, offset, length, NOW_NANOS);
    }

    private void allocate(int client) {
        var udp = new RequestedTransport(RequestedTransport.UDP);
        Nonce nonce = required(ask(client, StunMethod.ALLOCATE, null, udp).first(Nonce.class));
        sink.answer = null;
        send(client, StunMethod.ALLOCATE, nonce, udp);
        relays[client] = sink.boundRelay;
        engine.onRelayBound(sink.boundRelay, NOW_NANOS);
        requireSuccess(required(sink.answer));
        requireSuccess(
                ask(
                        client,
                        StunMethod.CHANNEL_BIND,
                        nonce,
                        new ChannelNumber(CHANNEL),
                        new XorPeerAddress(peers.address(client))));
        requireSuccess(
                ask(
                        client,
                        StunMethod.CREATE_PERMISSION,
                        nonce,
                        new XorPeerAddress(EVERYBODYS_PEER)));
    }

    private StunMessage ask(
            int client, StunMethod method, @Nullable Nonce nonce, StunAttribute... attributes) {
        sink.answer = null;
        send(client, method, nonce, attributes);
        return required(sink.answer);
    }

    private void send(
            int client, StunMethod method, @Nullable Nonce nonce, StunAttribute... attributes) {
        var id = TransactionId.of(0, ++transaction);
        writer.begin(request, 0, method, StunClass.REQUEST, id);
        for (StunAttribute attribute : attributes) {
            writer.put(attribute);
        }
        if (nonce != null) {
            writer.put(new Username(USERNAME)).put(new Realm(REALM)).put(nonce);
            writer.integrity(integrity, KEY.key());
        }
        fromClient(client, request, 0, writer.length());
    }

    private static void requireSuccess(StunMessage answer) {
        if (answer.messageClass() != StunClass.SUCCESS_RESPONSE) {
            throw new AssertionError("refused: " + answer);
        }
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "the engine's answer");
    }

    /// Binds every relay at once and forgets every packet.
    static final class Sink implements EngineSink {
        long packets;
        private int boundRelay;
        private @Nullable StunMessage answer;

        @Override
        public void sendToClient(ClientPath client, ByteBuf buffer, int offset, int length) {
            answer = (StunMessage) StunMessage.decode(buffer, offset, length);
        }

        @Override
        public void relayToClient(ClientPath client, ByteBuf buffer, int offset, int length) {
            packets++;
        }

        @Override
        public void sendToPeer(
                int relay,
                long peerHigh,
                long peerLow,
                int peerPort,
                ByteBuf buffer,
                int offset,
                int length) {
            packets++;
        }

        @Override
        public void handOver(
                int shard,
                long relayHigh,
                long relayLow,
                int relayPort,
                long sourceHigh,
                long sourceLow,
                int sourcePort,
                ByteBuf buffer,
                int offset,
                int length) {
            throw new AssertionError("no peer is a relay");
        }

        @Override
        public void bindRelay(int relay, long high, long low, int port) {
            boundRelay = relay;
        }

        @Override
        public PeerSink peers() {
            throw new AssertionError("nobody asks for TCP relays");
        }

        @Override
        public void closeRelay(int relay) {}
    }
}
