package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// An honest client, random in what it wants: it does the 401 dance, allocates, keeps permissions
/// and channels, relays, retransmits, refreshes, moves to other ports, and may die without a word.
final class SimulatedClient {
    private static final long FIRST_RETRANSMISSION_NANOS = 500 * VirtualNetwork.MILLIS;
    private static final int TRANSMISSIONS_MAX = 5;
    private static final int CHALLENGES_MAX = 3;
    private static final int UNUSUAL_CHANNEL = 0x4FFE;

    /// More than one UDP datagram carries (J-19).
    private static final int CHANNEL_DATA_MAX = 65_535;

    private static final int SEND_DATA_MAX = 65_400;

    /// A request on its way.
    private static final class Transaction {
        private final ClientWishes.Wish wish;
        private final TransactionId id;
        private final byte[] bytes;
        private final int challenges;

        private Transaction(
                ClientWishes.Wish wish, TransactionId id, byte[] bytes, int challenges) {
            this.wish = wish;
            this.id = id;
            this.bytes = bytes;
            this.challenges = challenges;
        }
    }

    private final int id;
    private final World world;
    private final VirtualServer server;
    private final RandomGenerator random;
    private final VirtualNat nat;
    private final RequestWriter writer;
    private final ClientWishes wishes;
    private final String username;
    private final String password;
    private final boolean prefersStream;

    private int listener;
    private int localPort;
    private @Nullable FiveTuple stream;
    private long streamBusyUntilNanos;
    private @Nullable String nonce;
    private @Nullable Transaction transaction;
    private boolean dead;
    private int sequence;

    private final List<TransportAddress> relayed = new ArrayList<>();
    private final List<TransportAddress> permitted = new ArrayList<>();
    private final Map<Integer, TransportAddress> channels = new LinkedHashMap<>();

    /// Every relayed address this client was ever given, and by whom it was told.
    private final Set<TransportAddress> everRelayed = new HashSet<>();

    SimulatedClient(
            int id, World world, VirtualServer server, VirtualNat nat, ClientWishes wishes) {
        this.id = id;
        this.world = world;
        this.server = server;
        this.nat = nat;
        this.wishes = wishes;
        this.random = world.random().split();
        this.writer = new RequestWriter(random);
        int user = random.nextInt(world.settings().users());
        this.username = Authentication.username(user);
        this.password = random.nextInt(12) == 0 ? "wrong" : Authentication.password(user);
        this.prefersStream = random.nextInt(4) == 0;
        this.localPort = 10_000 + random.nextInt(1000);
        this.listener = random.nextInt(VirtualServer.UDP_LISTENERS);
    }

    VirtualNat nat() {
        return nat;
    }

    boolean isAlive() {
        return !dead;
    }

    /// Does something.
    void act() {
        if (dead) {
            return;
        }
        mishap();
        if (prefersStream && stream == null) {
            stream = server.openStream(random.nextBoolean(), nat.external().withPort(localPort++));
        }
        if (transaction == null) {
            begin(wishes.next(relayed, channels), 0);
        } else if (random.nextInt(10) == 0) {
            // Impatience: a copy ahead of its time.
            transmit(transaction.bytes);
        }
        for (int packets = random.nextInt(4); packets > 0 && !relayed.isEmpty(); packets--) {
            sendData();
        }
    }

    /// What happens to clients that they don't wish for.
    private void mishap() {
        switch (random.nextInt(120)) {
            case 0 -> dead = true;
            case 1, 2 -> startAnew();
            case 3, 4 -> nat.reboot();
            case 5, 6, 7 -> closeStream();
            default -> {}
        }
    }

    /// Leaves its ports behind without a word.
    private void startAnew() {
        localPort++;
        listener = random.nextInt(VirtualServer.UDP_LISTENERS);
        transaction = null;
        nonce = null;
        forgetAllocation();
    }

    private void closeStream() {
        FiveTuple closed = stream;
        if (closed != null) {
            stream = null;
            startAnew();
            server.closeStream(closed);
        }
    }

    void shardRestarted(int shard) {
        if (stream != null && stream.shard() == shard) {
            stream = null;
            startAnew();
        }
    }

    /// Ends everything without a word, as far as the network allows: a dead client's connection is
    /// closed by its machine.
    void leave() {
        dead = true;
        transaction = null;
        FiveTuple closed = stream;
        stream = null;
        if (closed != null) {
            server.closeStream(closed);
        }
    }

    private void begin(ClientWishes.Wish wish, int challenges) {
        TransactionId transactionId = writer.newTransactionId();
        boolean signs = nonce != null && wish.method() != StunMethod.BINDING && !wish.unsigned();
        RequestWriter.Signature signature = signs && nonce != null ? signature(wish, nonce) : null;
        byte[] bytes = writer.request(wish.method(), transactionId, wish.attributes(), signature);
        // Until it knows, the client keeps off a channel that may change hands.
        for (var number : wish.all(StunAttribute.ChannelNumber.class)) {
            channels.remove(number.number());
        }
        Transaction begun = new Transaction(wish, transactionId, bytes, challenges);
        transaction = begun;
        transmit(bytes);
        awaitAnswer(begun, FIRST_RETRANSMISSION_NANOS, 1);
    }

    private RequestWriter.Signature signature(ClientWishes.Wish wish, String withNonce) {
        if (!wish.asSomebodyElse()) {
            return new RequestWriter.Signature(username, withNonce, password);
        }
        int other = random.nextInt(world.settings().users());
        return new RequestWriter.Signature(
                Authentication.username(other), withNonce, Authentication.password(other));
    }

    /// Retransmits over UDP (RFC 8489 §6.2.1), and gives up at last.
    private void awaitAnswer(Transaction awaited, long timeoutNanos, int transmissions) {
        world.network()
                .after(
                        timeoutNanos,
                        () -> {
                            if (transaction != awaited || dead) {
                                return;
                            }
                            if (transmissions == TRANSMISSIONS_MAX) {
                                transaction = null;
                                if (random.nextInt(3) == 0) {
                                    startAnew();
                                }
                                return;
                            }
                            if (stream == null) {
                                transmit(awaited.bytes);
                            }
                            awaitAnswer(awaited, timeoutNanos * 2, transmissions + 1);
                        });
    }

    private void transmit(byte[] bytes) {
        VirtualNetwork network = world.network();
        FiveTuple connection = stream;
        if (connection != null) {
            // A stream keeps its order.
            streamBusyUntilNanos =
                    Math.max(streamBusyUntilNanos, network.nowNanos() + network.delayNanos());
            network.at(
                    streamBusyUntilNanos,
                    () -> {
                        if (connection.equals(stream)) {
                            server.fromStream(connection, bytes);
                        }
                    });
            return;
        }
        TransportAddress source = nat.outbound(localPort, listener, network.nowNanos());
        int to = listener;
        network.carry(bytes, arrived -> server.fromClient(to, source, arrived));
    }

    private void sendData() {
        boolean overChannel = !channels.isEmpty() && random.nextInt(3) > 0;
        if (overChannel) {
            var channel = World.anyOf(List.copyOf(channels.entrySet()), random);
            boolean astray = random.nextInt(20) == 0 && !channels.containsKey(UNUSUAL_CHANNEL);
            int number = astray ? UNUSUAL_CHANNEL : channel.getKey();
            transmit(writer.channelData(number, payload(channel.getValue(), CHANNEL_DATA_MAX)));
            return;
        }
        TransportAddress peer =
                permitted.isEmpty() || random.nextInt(8) == 0
                        ? wishes.anyPeer()
                        : World.anyOf(permitted, random);
        transmit(writer.send(peer, payload(peer, SEND_DATA_MAX)));
    }

    private byte[] payload(TransportAddress to, int lengthMax) {
        int length =
                switch (random.nextInt(40)) {
                    case 0 -> lengthMax - random.nextInt(60);
                    case 1, 2, 3 -> random.nextInt(5);
                    default -> random.nextInt(300);
                };
        return Payload.write(id, sequence++, to, length, random);
    }

    /// A message on a connection of this client.
    void toStream(FiveTuple connection, byte[] bytes) {
        VirtualNetwork network = world.network();
        streamBusyUntilNanos =
                Math.max(streamBusyUntilNanos, network.nowNanos() + network.delayNanos());
        network.at(
                streamBusyUntilNanos,
                () -> {
                    if (connection.equals(stream) && !dead) {
                        receive(bytes);
                    }
                });
    }

    /// A datagram behind the NAT.
    void datagram(int toLocalPort, int fromListener, byte[] bytes) {
        if (toLocalPort == localPort && fromListener == listener && !dead && stream == null) {
            receive(bytes);
        }
    }

    private void receive(byte[] bytes) {
        if (bytes.length < 4) {
            return;
        }
        if (bytes[0] >= 0x40) {
            ByteBuf frame = Unpooled.wrappedBuffer(bytes);
            int length = Math.min(frame.getUnsignedShort(2), bytes.length - 4);
            checkPayload(Octets.of(frame, 4, length).toByteArray());
            return;
        }
        StunMessage message = Answer.wellFormed(Octets.of(bytes));
        if (message == null) {
            return;
        }
        if (message.method() == StunMethod.DATA) {
            StunAttribute.Data data = message.first(StunAttribute.Data.class);
            if (data != null) {
                checkPayload(data.value().toByteArray());
            }
            return;
        }
        Transaction answered = transaction;
        if (answered != null && message.transactionId().equals(answered.id)) {
            transaction = null;
            answered(answered, message);
        }
    }

    private void checkPayload(byte[] bytes) {
        if (!world.settings().leavesPayloadsIntact() || !Payload.isTellable(bytes)) {
            return;
        }
        Payload payload = Payload.read(bytes);
        check(
                payload != null && everRelayed.contains(payload.destination()),
                "client %d got a payload that was changed or isn't its own: %s",
                id,
                payload);
    }

    private void answered(Transaction done, StunMessage answer) {
        if (answer.messageClass() == StunClass.SUCCESS_RESPONSE) {
            succeeded(done.wish, answer);
            return;
        }
        StunAttribute.ErrorCode error = answer.first(StunAttribute.ErrorCode.class);
        int code = error == null ? 0 : error.code();
        StunAttribute.Nonce challenge = answer.first(StunAttribute.Nonce.class);
        if (challenge != null) {
            nonce = challenge.value();
            if (done.challenges < CHALLENGES_MAX) {
                begin(done.wish.signed(), done.challenges + 1);
            }
        } else if (code == 437) {
            if (done.wish.method() == StunMethod.ALLOCATE && relayed.isEmpty()) {
                startAnew();
            } else if (done.wish.method() != StunMethod.ALLOCATE) {
                forgetAllocation();
            }
        }
    }

    private void succeeded(ClientWishes.Wish wish, StunMessage answer) {
        switch (wish.method()) {
            case ALLOCATE -> {
                for (var address : answer.all(StunAttribute.XorRelayedAddress.class)) {
                    relayed.add(address.address());
                    everRelayed.add(address.address());
                    wishes.heardOf(address.address());
                }
                var token = answer.first(StunAttribute.ReservationToken.class);
                if (token != null) {
                    wishes.heardOf(token);
                }
            }
            case REFRESH -> {
                StunAttribute.Lifetime lifetime = answer.first(StunAttribute.Lifetime.class);
                if (lifetime != null && lifetime.seconds() == 0) {
                    forgetRelays(wish.all(StunAttribute.RequestedAddressFamily.class));
                }
            }
            case CREATE_PERMISSION -> {
                for (var peer : wish.all(StunAttribute.XorPeerAddress.class)) {
                    permitted.add(peer.address());
                }
            }
            case CHANNEL_BIND ->
                    channels.put(
                            wish.all(StunAttribute.ChannelNumber.class).getFirst().number(),
                            wish.all(StunAttribute.XorPeerAddress.class).getFirst().address());
            default -> {}
        }
    }

    /// Half of a dual allocation was deleted, or all of it when no family was named.
    private void forgetRelays(List<StunAttribute.RequestedAddressFamily> only) {
        if (only.isEmpty()) {
            forgetAllocation();
            return;
        }
        int family = only.getFirst().family();
        relayed.removeIf(address -> address.family().code() == family);
        permitted.removeIf(address -> address.family().code() == family);
        channels.values().removeIf(address -> address.family().code() == family);
    }

    private void forgetAllocation() {
        relayed.clear();
        permitted.clear();
        channels.clear();
    }
}
