package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// Keeps everything the engine does as [Output] values, and plays the operating system when relay
/// sockets are asked for. Refuses what no engine may do: to bind a relay twice, or to send from one
/// that isn't bound.
final class RecordingSink implements EngineSink, PeerSink {
    /// How the next relay sockets fare.
    enum Binding {
        AT_ONCE,
        LATER,
        FAILS
    }

    /// Is told how a relay socket fared.
    interface Outcome {
        void settle(int relay, boolean bound);
    }

    Binding binding = Binding.AT_ONCE;

    /// So many relay sockets fail at once, whatever [#binding] says; then it counts again.
    int failuresToCome;

    /// Only counts packets: for tests that measure what the engine allocates.
    boolean silent;

    /// The data plane can set DF.
    boolean setsDontFragment;

    long packets;

    private final Outcome outcome;
    private final List<Output> outputs = new ArrayList<>();
    private final Map<Integer, TransportAddress> relays = new HashMap<>();
    private final Set<Integer> connections = new HashSet<>();
    private final Deque<Integer> unsettled = new ArrayDeque<>();

    RecordingSink(Outcome outcome) {
        this.outcome = outcome;
    }

    /// What was done since the last call.
    List<Output> drain() {
        List<Output> drained = List.copyOf(outputs);
        outputs.clear();
        return drained;
    }

    /// Lets the oldest socket that is still waited for be bound, or fail.
    void settleOldest(boolean bound) {
        settle(unsettled.remove(), bound);
    }

    /// Says whether the engine waits for a socket.
    boolean isWaitedFor() {
        return !unsettled.isEmpty();
    }

    /// The id of the relay whose socket is bound to this local address.
    int relayAt(TransportAddress local) {
        for (Map.Entry<Integer, TransportAddress> relay : relays.entrySet()) {
            if (relay.getValue().equals(local)) {
                return relay.getKey();
            }
        }
        throw new AssertionError("no relay socket at " + local + ", but at " + relays.values());
    }

    /// The local addresses of all relay sockets, bound or waited for.
    List<TransportAddress> relays() {
        return List.copyOf(relays.values());
    }

    @Override
    public void sendToClient(ClientPath client, ByteBuf buffer, int offset, int length) {
        packets++;
        if (silent) {
            return;
        }
        if (client.isRemote() && !client.transport().isDatagram()) {
            passClient(client.home(), ClientPass.DATA, client, buffer, offset, length);
            return;
        }
        outputs.add(
                new Output.ToClient(
                        Output.Destination.of(client), Octets.of(buffer, offset, length)));
    }

    @Override
    public void sendToPeer(
            int relay, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        packets++;
        if (silent) {
            return;
        }
        outputs.add(
                new Output.ToPeer(
                        local(relay),
                        new TransportAddress(high, low, port),
                        Octets.of(buffer, offset, length)));
    }

    @Override
    public boolean setsDontFragment() {
        return setsDontFragment;
    }

    @Override
    public void sendWholeToPeer(
            int relay, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        packets++;
        outputs.add(
                new Output.WholeToPeer(
                        local(relay),
                        new TransportAddress(high, low, port),
                        Octets.of(buffer, offset, length)));
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
        packets++;
        if (silent) {
            return;
        }
        outputs.add(
                new Output.HandOver(
                        shard,
                        new TransportAddress(relayHigh, relayLow, relayPort),
                        new TransportAddress(sourceHigh, sourceLow, sourcePort),
                        Octets.of(buffer, offset, length)));
    }

    @Override
    public void passClient(
            int shard, ClientPass kind, ClientPath client, ByteBuf buffer, int offset, int length) {
        outputs.add(
                new Output.Pass(
                        shard,
                        kind,
                        client,
                        client.isLeased(),
                        client.leaseNanos(),
                        Octets.of(buffer, offset, length)));
    }

    @Override
    public void bindRelay(int relay, long high, long low, int port) {
        TransportAddress local = new TransportAddress(high, low, port);
        outputs.add(new Output.BindRelay(local));
        if (relays.put(relay, local) != null) {
            throw new AssertionError("relay " + relay + " is bound twice");
        }
        if (failuresToCome > 0) {
            failuresToCome--;
            settle(relay, false);
            return;
        }
        switch (binding) {
            case AT_ONCE -> settle(relay, true);
            case LATER -> unsettled.add(relay);
            case FAILS -> settle(relay, false);
        }
    }

    @Override
    public PeerSink peers() {
        return this;
    }

    @Override
    public void stopListening(int relay) {
        closeRelay(relay);
    }

    @Override
    public void listen(int relay, long high, long low, int port) {
        bindRelay(relay, high, low, port);
    }

    @Override
    public void connect(int relay, int connection, long high, long low, int port) {
        outputs.add(
                new Output.ConnectPeer(
                        local(relay), connection, new TransportAddress(high, low, port)));
        if (!connections.add(connection)) {
            throw new AssertionError("connection " + connection + " is made twice");
        }
    }

    /// A connection that a peer has made.
    void accepted(int connection) {
        connections.add(connection);
    }

    /// A connection that has ended without the engine.
    void gone(int connection) {
        connections.remove(connection);
    }

    @Override
    public void bind(ClientPath client, int shard, int connection) {
        outputs.add(new Output.BindPeer(Output.Destination.of(client), shard, connection));
    }

    @Override
    public void close(int connection) {
        outputs.add(new Output.ClosePeer(connection));
        if (!connections.remove(connection)) {
            throw new AssertionError("connection " + connection + " isn't there");
        }
    }

    /// Connections with peers, pending or open.
    int connections() {
        return connections.size();
    }

    @Override
    public void closeRelay(int relay) {
        unsettled.remove(relay);
        TransportAddress local = relays.remove(relay);
        if (local != null) {
            outputs.add(new Output.CloseRelay(local));
        }
    }

    private void settle(int relay, boolean bound) {
        if (!bound) {
            relays.remove(relay);
        }
        outcome.settle(relay, bound);
    }

    private TransportAddress local(int relay) {
        TransportAddress local = relays.get(relay);
        if (local == null) {
            throw new AssertionError("relay " + relay + " isn't bound");
        }
        return local;
    }
}
