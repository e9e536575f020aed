package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// Several engines of one server, and what they pass to each other about their clients: in order
/// between two of them, in any order otherwise, and now and then not at all.
final class ShardedFixture {
    /// What came out of the server in the end.
    record Delivered(@Nullable TestClient client, Output.@Nullable ToPeer toPeer, Octets bytes) {}

    private record Route(int from, int to) {}

    final List<EngineFixture> shards = new ArrayList<>();
    private final RandomGenerator random;
    private final double lossRate;
    private final Map<Route, Deque<Output.Pass>> passes = new HashMap<>();
    private final Map<Output.Destination, TestClient> datagramClients = new HashMap<>();
    private final List<Map<Integer, TestClient>> streams = new ArrayList<>();
    private final List<Delivered> delivered = new ArrayList<>();

    /// @param lossRate how much of what shards pass to each other is lost, 0 to 1
    ShardedFixture(int count, RandomGenerator random, double lossRate, int allocationsPerUser) {
        this.random = random;
        this.lossRate = lossRate;
        for (int i = 0; i < count; i++) {
            int shard = i;
            shards.add(
                    new EngineFixture(options -> {
                        options.shard = shard;
                        options.seed = random.nextLong();
                        options.allocationsPerUser = allocationsPerUser;
                        options.minPort = 50_000;
                        options.maxPort = 50_031;
                        options.shared = shard == 0 ? null : shards.getFirst().shared;
                    }));
            streams.add(new HashMap<>());
        }
    }

    /// A new client, or a new place of one.
    TestClient client(int shard, Transport transport, TransportAddress address) {
        EngineFixture fixture = shards.get(shard);
        if (transport == Transport.UDP) {
            TestClient client = fixture.udp(0, address);
            datagramClients.put(client.destination(), client);
            return client;
        }
        TestClient client = fixture.stream(transport, 1, address);
        streams.get(shard).put(client.path.connection(), client);
        return client;
    }

    int shardOf(TestClient client) {
        for (int shard = 0; shard < shards.size(); shard++) {
            if (client.isOf(shards.get(shard))) {
                return shard;
            }
        }
        throw new AssertionError("a client of no shard");
    }

    boolean isOpen(TestClient client) {
        return client.path.transport() == Transport.UDP
                || streams.get(shardOf(client)).containsKey(client.path.connection());
    }

    void close(TestClient client) {
        int shard = shardOf(client);
        if (streams.get(shard).remove(client.path.connection()) != null) {
            handle(shard, client.close());
        }
    }

    /// A message of a client reaches its shard.
    void feed(TestClient client, byte... bytes) {
        if (isOpen(client)) {
            handle(shardOf(client), client.feed(bytes));
        }
    }

    /// A datagram of a peer reaches a relay, when it is there.
    void peerSends(TransportAddress relayed, TransportAddress peer, byte... data) {
        for (int shard = 0; shard < shards.size(); shard++) {
            if (shards.get(shard).sink.relays().contains(relayed)) {
                handle(shard, shards.get(shard).peerSends(relayed, peer, data));
            }
        }
    }

    void advance(long seconds) {
        for (int shard = 0; shard < shards.size(); shard++) {
            handle(shard, shards.get(shard).advance(seconds));
        }
    }

    /// Takes one thing to the shard that it was passed to. Returns false when there is none.
    boolean step() {
        List<Route> busy =
                passes.keySet().stream()
                        .filter(route -> !passes.getOrDefault(route, new ArrayDeque<>()).isEmpty())
                        .sorted(Comparator.comparing(Route::toString))
                        .toList();
        if (busy.isEmpty()) {
            return false;
        }
        Route route = busy.get(random.nextInt(busy.size()));
        Output.Pass pass = passes.getOrDefault(route, new ArrayDeque<>()).remove();
        if (random.nextDouble() >= lossRate) {
            take(route, pass);
        }
        return true;
    }

    /// Takes everything where it is to go, and returns what came out since the last call.
    List<Delivered> settle() {
        while (step()) {}
        List<Delivered> all = List.copyOf(delivered);
        delivered.clear();
        return all;
    }

    int allocationCount() {
        return shards.stream().mapToInt(shard -> shard.engine.allocationCount()).sum();
    }

    int roamingClients() {
        return shards.stream().mapToInt(shard -> shard.engine.roaming().clientCount()).sum();
    }

    /// What is on its way between shards is lost: their inboxes are full.
    void lose() {
        passes.clear();
    }

    private void handle(int shard, List<Output> outputs) {
        for (Output output : outputs) {
            switch (output) {
                case Output.Pass pass ->
                        passes.computeIfAbsent(
                                        new Route(shard, pass.shard()), key -> new ArrayDeque<>())
                                .add(pass);
                case Output.ToClient sent -> toClient(shard, sent);
                case Output.ToPeer sent -> delivered.add(new Delivered(null, sent, sent.bytes()));
                default -> {}
            }
        }
    }

    private void toClient(int shard, Output.ToClient sent) {
        Output.Destination to = sent.client();
        TestClient client =
                to.transport() == Transport.UDP
                        ? datagramClients.get(to)
                        : streams.get(shard).get(to.connection());
        if (client != null) {
            delivered.add(new Delivered(client, null, sent.bytes()));
        }
    }

    /// What a shard's net side does.
    private void take(Route route, Output.Pass pass) {
        EngineFixture shard = shards.get(route.to);
        ClientPath path = pass.client();
        TransportAddress at = path.client();
        ByteBuf buffer = EngineFixture.input(pass.bytes().toByteArray());
        int offset = EngineFixture.HEADROOM;
        int length = pass.bytes().length();
        switch (pass.kind()) {
            case MESSAGE ->
                    shard.engine
                            .roaming()
                            .onPassedMessage(
                                    route.from,
                                    path.transport(),
                                    path.listener(),
                                    path.connection(),
                                    at.high(),
                                    at.low(),
                                    at.port(),
                                    buffer,
                                    offset,
                                    length,
                                    shard.nowNanos);
            case CLOSED ->
                    shard.engine
                            .roaming()
                            .onPassedClosed(
                                    route.from,
                                    path.transport(),
                                    path.listener(),
                                    path.connection(),
                                    at.high(),
                                    at.low(),
                                    at.port(),
                                    shard.nowNanos);
            case TOLD, DATA, RETURNED -> takeForClient(route, pass, shard, buffer, offset, length);
        }
        handle(route.to, shard.drain());
    }

    private void takeForClient(
            Route route,
            Output.Pass pass,
            EngineFixture shard,
            ByteBuf buffer,
            int offset,
            int length) {
        ClientPath path = pass.client();
        boolean datagram = path.transport() == Transport.UDP;
        TestClient stream = datagram ? null : streams.get(route.to).get(path.connection());
        if (!datagram && stream == null) {
            if (pass.leased()) {
                shard.sink.passClient(
                        route.from, ClientPass.CLOSED, path, Unpooled.EMPTY_BUFFER, 0, 0);
            }
            return;
        }
        ClientPath own =
                stream == null ? ClientPath.datagram(path.listener(), path.client()) : stream.path;
        if (pass.kind() == ClientPass.RETURNED) {
            shard.engine
                    .roaming()
                    .onReturned(own, route.from, buffer, offset, length, shard.nowNanos);
            return;
        }
        if (pass.kind() == ClientPass.TOLD) {
            shard.engine
                    .roaming()
                    .onTold(own, route.from, pass.leased(), pass.leaseNanos(), shard.nowNanos);
        }
        if (length > 0) {
            shard.sink.sendToClient(own, buffer, offset, length);
        }
    }

    /// Says what is left when everybody has gone and all lifetimes are over: nothing.
    List<String> leftovers(Set<String> users, int allocationsPerUser) {
        List<String> left = new ArrayList<>();
        if (allocationCount() > 0) {
            left.add(allocationCount() + " allocations");
        }
        for (EngineFixture shard : shards) {
            left.addAll(shard.sink.relays().stream().map(Object::toString).toList());
        }
        for (String user : users) {
            for (int i = 0; i < allocationsPerUser; i++) {
                if (!shards.getFirst().shared.acquireAllocation(0, user)) {
                    left.add("a share of " + user + "'s quota");
                }
            }
        }
        return left;
    }
}
