package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.engine.Session;

@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(30)
class ShardSessionsTest {
    private static final int CLIENTS = 9;

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    @Test
    void eachSliceHasAWakeUpOfItsOwn() throws Exception {
        var settings =
                new TestSettings().plane(plane).shards(1).listen(Protocol.UDP, "127.0.0.1", 0);
        var clients = new ArrayList<TestClient>();
        try (TurnServer server = settings.start()) {
            for (int i = 0; i < CLIENTS; i++) {
                TestClient client = TestClient.udp(server.listeners().getFirst().address());
                clients.add(client);
                client.allocate();
            }
            Set<Long> wakeUps = new ConcurrentSkipListSet<>();
            var shard = (Shard) server.shards().getFirst();
            new ShardSessions(List.of(shard), 1)
                    .walk(shard, seen -> wakeUps.add(seen.nowNanos()))
                    .get(10, TimeUnit.SECONDS);
            assertEquals(CLIENTS, wakeUps.size());
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void listsWhatAllShardsHaveAndNoMoreThanAskedFor() throws Exception {
        var settings = new TestSettings().plane(plane).shards(2);
        settings.listen(Protocol.UDP, "127.0.0.1", 0);
        var clients = new ArrayList<TestClient>();
        try (TurnServer server = settings.start()) {
            for (int i = 0; i < CLIENTS; i++) {
                TestClient client = TestClient.udp(server.listeners().getFirst().address());
                clients.add(client);
                client.allocate();
            }
            ShardSessions.Listing all =
                    server.oversight().sessions(session -> true, 100).get(10, TimeUnit.SECONDS);
            ShardSessions.Listing some =
                    server.oversight().sessions(session -> true, 4).get(10, TimeUnit.SECONDS);
            assertEquals(
                    CLIENTS,
                    new TreeSet<>(
                                    all.sessions().stream()
                                            .map(Session::id)
                                            .map(Object::toString)
                                            .toList())
                            .size());
            assertEquals(List.of(4, CLIENTS), List.of(some.sessions().size(), some.matched()));
        } finally {
            closeAll(clients);
        }
    }

    private static void closeAll(List<TestClient> clients) throws Exception {
        for (TestClient client : clients) {
            client.close();
        }
    }
}
