package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineSink;
import org.turnd.server.engine.PeerSink;
import org.turnd.server.engine.Transport;
import org.turnd.server.engine.TurnEngine;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// One engine with its timer and relay sockets. Every input goes through [#input], where the
/// [Invariants] look on.
final class VirtualShard implements EngineSink {
    /// What an engine may write to before a packet, and behind it.
    private static final int HEADROOM = 64;

    private static final int TAILROOM = 4;
    private static final int GUARD = 8;
    private static final int PACKET_BYTES_MAX = 66_000;
    private static final byte UNTOUCHED = (byte) 0xA5;

    private final int number;
    private final VirtualServer server;
    private final VirtualNetwork network;
    private final RandomGenerator random;
    private final ScenarioSettings settings;
    private final RelaySockets sockets;
    private final Invariants invariants;
    private final Trace trace;
    private final byte[] memory = new byte[PACKET_BYTES_MAX];
    private final ByteBuf buffer = Unpooled.wrappedBuffer(memory);
    private final List<Output> outputs = new ArrayList<>();
    private final Map<Integer, ClientPath> streams = new LinkedHashMap<>();
    private TurnEngine engine;
    private int generation;
    private long timerNanos = Long.MAX_VALUE;
    private @Nullable Input current;

    VirtualShard(int number, VirtualServer server, World world) {
        this.number = number;
        this.server = server;
        this.network = world.network();
        this.random = world.random().split();
        this.settings = world.settings();
        this.sockets = world.sockets();
        this.invariants = world.invariants();
        this.trace = world.trace();
        this.engine = newEngine();
    }

    void fromClient(FiveTuple from, byte[] bytes) {
        boolean closed = !from.transport().isDatagram() && !streams.containsKey(from.connection());
        if (closed) {
            return;
        }
        input(new Input.FromClient(from, Octets.of(bytes)));
    }

    void fromPeer(int relay, TransportAddress peer, byte[] bytes) {
        input(new Input.FromPeer(relay, peer, Octets.of(bytes)));
    }

    void icmpError(Input.IcmpError error) {
        input(error);
    }

    FiveTuple openStream(int listener, Transport transport, int connection, TransportAddress at) {
        ClientPath path = ClientPath.stream(transport, listener, connection, at);
        streams.put(connection, path);
        return FiveTuple.of(number, path);
    }

    void closeStream(FiveTuple client) {
        if (streams.containsKey(client.connection())) {
            input(new Input.StreamClosed(client));
            streams.remove(client.connection());
        }
    }

    /// Stops the engine and starts another one, which knows nothing of the old one's clients.
    void restart() {
        input(new Input.Stopped());
        check(engine.allocationCount() == 0, "a stopped engine has allocations");
        server.tally().add(engine.counters());
        streams.clear();
        engine = newEngine();
        generation++;
        timerNanos = Long.MAX_VALUE;
    }

    int allocationCount() {
        return engine.allocationCount();
    }

    /// Adds up what the engines of this shard have counted.
    void tally(Tally tally) {
        tally.add(engine.counters());
    }

    private TurnEngine newEngine() {
        return server.newEngine(number, this, random);
    }

    private void input(Input input) {
        long now = network.nowNanos();
        outputs.clear();
        current = input;
        invariants.before(input, now);
        try {
            pass(input, now);
        } catch (RuntimeException thrown) {
            trace.add(now, number, input, outputs);
            throw new SimulationFailure("the engine threw " + thrown, thrown);
        }
        current = null;
        List<Output> done = List.copyOf(outputs);
        trace.add(now, number, input, done);
        invariants.after(number, input, done, engine, now);
        done.forEach(output -> server.deliver(number, output));
        setTimer();
    }

    private void pass(Input input, long now) {
        switch (input) {
            case Input.FromClient(FiveTuple from, Octets bytes) -> {
                int offset = place(bytes);
                ClientPath stream = streams.get(from.connection());
                if (stream != null) {
                    engine.onStreamMessage(stream, buffer, offset, bytes.length(), now);
                } else {
                    TransportAddress at = from.client();
                    engine.onDatagram(
                            from.listener(),
                            at.high(),
                            at.low(),
                            at.port(),
                            buffer,
                            offset,
                            bytes.length(),
                            now);
                }
                checkGuards(offset, bytes.length());
            }
            case Input.FromPeer(int relay, TransportAddress at, Octets bytes) -> {
                int offset = place(bytes);
                engine.onPeerDatagram(
                        relay, at.high(), at.low(), at.port(), buffer, offset, bytes.length(), now);
                checkGuards(offset, bytes.length());
            }
            case Input.HandedOver(TransportAddress to, TransportAddress from, Octets bytes) -> {
                int offset = place(bytes);
                engine.onHandOver(
                        to.high(),
                        to.low(),
                        to.port(),
                        from.high(),
                        from.low(),
                        from.port(),
                        buffer,
                        offset,
                        bytes.length(),
                        now);
                checkGuards(offset, bytes.length());
            }
            case Input.IcmpError(int relay, TransportAddress at, int type, int code, int mtu) ->
                    engine.onIcmpError(relay, at.high(), at.low(), at.port(), type, code, mtu, now);
            case Input.RelayBound i -> engine.onRelayBound(i.relay(), now);
            case Input.RelayFailed i -> engine.onRelayFailed(i.relay(), now);
            case Input.StreamClosed(FiveTuple client) -> {
                ClientPath stream = streams.get(client.connection());
                if (stream != null) {
                    engine.onStreamClosed(stream, now);
                }
            }
            case Input.Timer i -> engine.onTimer(now);
            case Input.Stopped i -> engine.stop(now);
        }
    }

    private int place(Octets bytes) {
        int offset = GUARD + HEADROOM + random.nextInt(8);
        int end = offset + bytes.length();
        bytes.copyTo(buffer, offset);
        for (int i = 0; i < GUARD; i++) {
            memory[offset - HEADROOM - GUARD + i] = UNTOUCHED;
            memory[end + TAILROOM + i] = UNTOUCHED;
        }
        return offset;
    }

    private void checkGuards(int offset, int length) {
        int end = offset + length;
        for (int i = 0; i < GUARD; i++) {
            check(
                    memory[offset - HEADROOM - GUARD + i] == UNTOUCHED
                            && memory[end + TAILROOM + i] == UNTOUCHED,
                    "the engine wrote outside of its buffer");
        }
    }

    /// A shard sleeps until the engine's deadline, and now and then a little longer.
    private void setTimer() {
        long deadline = engine.nextDeadlineNanos();
        if (deadline == timerNanos || deadline == Long.MAX_VALUE) {
            return;
        }
        timerNanos = deadline;
        int setBy = generation;
        long late = random.nextInt(4) == 0 ? random.nextLong(50 * VirtualNetwork.MILLIS) : 0;
        network.at(
                deadline + late,
                () -> {
                    if (timerNanos == deadline && setBy == generation) {
                        timerNanos = Long.MAX_VALUE;
                        input(new Input.Timer());
                    }
                });
    }

    @Override
    public void sendToClient(ClientPath client, ByteBuf bytes, int offset, int length) {
        outputs.add(
                new Output.ToClient(
                        FiveTuple.of(number, client), Octets.of(bytes, offset, length)));
    }

    @Override
    public void sendToPeer(
            int relay, long high, long low, int port, ByteBuf bytes, int offset, int length) {
        var peer = new TransportAddress(high, low, port);
        outputs.add(new Output.ToPeer(relay, peer, Octets.of(bytes, offset, length), false));
    }

    @Override
    public boolean setsDontFragment() {
        return true;
    }

    @Override
    public void sendWholeToPeer(
            int relay, long high, long low, int port, ByteBuf bytes, int offset, int length) {
        var peer = new TransportAddress(high, low, port);
        outputs.add(new Output.ToPeer(relay, peer, Octets.of(bytes, offset, length), true));
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
            ByteBuf bytes,
            int offset,
            int length) {
        outputs.add(
                new Output.HandOver(
                        shard,
                        new TransportAddress(relayHigh, relayLow, relayPort),
                        new TransportAddress(sourceHigh, sourceLow, sourcePort),
                        Octets.of(bytes, offset, length)));
    }

    void handedOver(Output.HandOver packet) {
        input(new Input.HandedOver(packet.relayed(), packet.source(), packet.bytes()));
    }

    @Override
    public void bindRelay(int relay, long high, long low, int port) {
        FiveTuple owner = ownerOf(relay);
        Model.Pending allocate = invariants.allocateOf(owner);
        RelaySockets.Socket socket =
                sockets.bind(
                        number,
                        relay,
                        new TransportAddress(high, low, port),
                        owner,
                        allocate,
                        network.nowNanos());
        boolean fails = random.nextDouble() < settings.bindFailureRate();
        if (random.nextInt(2) == 0) {
            finishBinding(socket, fails);
            return;
        }
        long delay =
                random.nextInt(20) == 0
                        ? random.nextLong(45 * VirtualNetwork.SECONDS)
                        : random.nextLong(300 * VirtualNetwork.MILLIS);
        network.after(
                delay,
                () -> {
                    if (socket.state == RelaySockets.State.BINDING) {
                        socket.state = fails ? RelaySockets.State.FAILED : RelaySockets.State.BOUND;
                        input(
                                fails
                                        ? new Input.RelayFailed(relay, socket.owner)
                                        : new Input.RelayBound(relay, socket.owner));
                    }
                });
    }

    @Override
    public PeerSink peers() {
        throw new AssertionError("TCP relays are off");
    }

    @Override
    public void closeRelay(int relay) {
        sockets.close(number, relay, network.nowNanos());
    }

    private void finishBinding(RelaySockets.Socket socket, boolean fails) {
        if (fails) {
            socket.state = RelaySockets.State.FAILED;
            engine.onRelayFailed(socket.relay, network.nowNanos());
        } else {
            socket.state = RelaySockets.State.BOUND;
            engine.onRelayBound(socket.relay, network.nowNanos());
        }
    }

    private FiveTuple ownerOf(int relay) {
        RelaySockets.Socket existing = sockets.find(number, relay);
        if (existing != null) {
            return existing.owner;
        }
        if (current instanceof Input.FromClient(FiveTuple from, Octets bytes)) {
            return from;
        }
        throw new SimulationFailure("relay " + relay + " is bound without an Allocate");
    }
}
