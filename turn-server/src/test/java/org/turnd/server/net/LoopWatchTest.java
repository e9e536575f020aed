package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.ops.Liveness;
import org.turnd.server.ops.Metrics;
import org.turnd.server.ops.OpsServer;
import org.turnd.server.ops.Readiness;

/// A real event loop that doesn't turn.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(30)
class LoopWatchTest {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger wellLooks = new AtomicInteger();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LoopWatch.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @SuppressWarnings("NullAway.Init") // started before each test
    private TurnServer server;

    @BeforeEach
    void start() throws Exception {
        server =
                new TestSettings()
                        .plane(plane)
                        .shards(2)
                        .listen(Protocol.UDP, "127.0.0.1", 0)
                        .start();
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.close();
        logger.detachAppender(lines);
    }

    private Shard shard(int index) {
        return (Shard) server.shards().get(index);
    }

    private void blockShardOne() throws InterruptedException {
        shard(1).loop().execute(this::standStill);
        blocked.await();
    }

    private void standStill() {
        blocked.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private LoopWatch watch() {
        List<LoopBeat> beats =
                List.of(new LoopBeat(0, shard(0).loop()), new LoopBeat(1, shard(1).loop()));
        return new LoopWatch(beats, BOUND, SECOND, wellLooks::incrementAndGet);
    }

    @Test
    void aLoopThatDoesNotTurnIsNamedWithWhatItsThreadDoes() throws Exception {
        blockShardOne();
        long now = System.nanoTime();
        LoopWatch watch = watch();
        for (int second = 0; second < 10; second++) {
            watch.look(now + second * SECOND.toNanos());
        }
        awaitTurn(0);
        long tenthSecond = now + BOUND.toNanos();

        assertEquals(10, wellLooks.get());
        assertEquals(List.of(), watch.stuck(tenthSecond - 1));
        watch.look(tenthSecond);
        watch.look(tenthSecond + SECOND.toNanos());

        assertEquals(
                List.of("shard 1 has not turned for 11 s"),
                watch.stuck(tenthSecond + SECOND.toNanos()));
        assertEquals(10, wellLooks.get(), "nobody is told that all is well");
        assertEquals(1, lines.list.size(), "one line for one stuck loop");
        String line = lines.list.getFirst().getKeyValuePairs().toString();
        assertEquals("loop_stuck", lines.list.getFirst().getMessage());
        assertTrue(line.contains("shard=\"1\"") && line.contains("standStill"), line);

        release.countDown();
        awaitTurn(1);
        watch.look(tenthSecond + 2 * SECOND.toNanos());
        assertEquals(11, wellLooks.get());
        assertEquals("loop_turns_again", lines.list.getLast().getMessage());
    }

    @Test
    void aProcessThatStoodStillIsNotStuck() throws Exception {
        blockShardOne();
        long now = System.nanoTime();
        LoopWatch watch = watch();
        watch.look(now);

        watch.look(now + Duration.ofMinutes(5).toNanos());

        assertEquals(List.of(), watch.stuck(now + Duration.ofMinutes(5).toNanos()));
        assertEquals(2, wellLooks.get());
    }

    @Test
    void aWatchThatIsNotAwakeIsNoProofOfLife() {
        LoopWatch watch = watch();
        watch.look(System.nanoTime());

        List<String> stuck = watch.stuck(System.nanoTime() + Duration.ofMinutes(1).toNanos());

        assertTrue(stuck.getLast().contains("the watch over the shards"), stuck::toString);
    }

    @Test
    void livezSaysSoUntilTheLoopTurnsAgain() throws Exception {
        var liveness = new Liveness();
        try (LoopWatch watch =
                        server.watchLoops(
                                Duration.ofSeconds(1),
                                Duration.ofMillis(10),
                                wellLooks::incrementAndGet);
                OpsServer ops =
                        OpsServer.start(
                                TestSettings.address("127.0.0.1", 0),
                                new Metrics("1"),
                                new Readiness(List.of()),
                                liveness);
                HttpClient client = HttpClient.newHttpClient()) {
            liveness.ask(watch::stuck);
            assertEquals(200, livez(client, ops).statusCode());
            blockShardOne();
            Eventually.equal(1, watch::stuckCount);
            HttpResponse<String> stuck = livez(client, ops);
            assertEquals(503, stuck.statusCode());
            assertTrue(stuck.body().startsWith("stuck: shard 1 has not turned for "), stuck.body());
            assertTrue(watch.latencyNanos() >= Duration.ofSeconds(1).toNanos());

            release.countDown();
            Eventually.equal(0, watch::stuckCount);
            assertEquals(200, livez(client, ops).statusCode());
            int before = wellLooks.get();
            Eventually.holds(() -> wellLooks.get() > before);
        }
    }

    /// Waits until the loop has done all that it was given.
    private void awaitTurn(int shard) throws InterruptedException {
        var turned = new CountDownLatch(1);
        shard(shard).loop().execute(turned::countDown);
        turned.await();
    }

    private static HttpResponse<String> livez(HttpClient client, OpsServer ops) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + ops.address() + "/livez")).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
