package org.turnd.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.Retransmission;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;

/// What a server relies on and others look after: where its users are, and what time it is. Each
/// with a second server, since the first has neither.
final class Outside {
    private static final LongTermCredential STORED =
            new LongTermCredential("carol", "pV8tR3wY6zHq1mXb");
    private static final String SECRET = "s3cr3t-of-the-chaos-9Tq";

    /// More than may wait (see [Redis#configuration]).
    private static final int STRANGERS = 40;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /// With who isn't let in, and hears nothing over UDP.
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Duration GOOD_FOR = Duration.ofHours(1);

    private Outside() {}

    /// The users' store answers nothing, then is gone, then is back without its users.
    static String store(Arena arena, int times) throws Exception {
        Path directory = arena.newDirectory("store");
        try (Redis redis = new Redis(directory);
                Daemon server =
                        new Daemon(directory, Arena.OTHER_SERVER, Redis.configuration(), Map.of());
                Probe probe = new Probe(server)) {
            redis.add(STORED.username(), STORED.password());
            awaitAllocated(server, STORED, true);
            redis.freeze();
            awaitAllocated(server, STORED, false);
            long worst = expectNobody(server, probe);
            redis.thaw();
            awaitAllocated(server, STORED, true);
            redis.kill();
            awaitAllocated(server, STORED, false);
            if (times > 1) {
                worst = Math.max(worst, expectNobody(server, probe));
            }
            redis.restart();
            redis.add(STORED.username(), STORED.password());
            awaitAllocated(server, STORED, true);
            expectWell(server, probe);
            return "stopped, killed, back; others waited at most %d ms".formatted(worst);
        }
    }

    /// Users whom only the store could know get in nowhere, and keep nobody else waiting.
    private static long expectNobody(Daemon server, Probe probe) throws Exception {
        long before = probe.rounds();
        List<Future<Boolean>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < STRANGERS; i++) {
                var stranger = new LongTermCredential("stranger-" + i, STORED.password());
                Carrier carrier = i % 2 == 0 ? Carrier.UDP : Carrier.TCP;
                answers.add(
                        threads.submit(
                                () -> isAllocated(server, stranger, carrier, SHORT_PATIENCE)));
            }
            for (Future<Boolean> answer : answers) {
                if (answer.get()) {
                    throw new IllegalStateException("somebody got in without a store");
                }
            }
        }
        if (!isAllocated(server, Daemon.USER, Carrier.TCP, PATIENCE) || probe.rounds() == before) {
            throw new IllegalStateException("others aren't served while a store is dead");
        }
        probe.check();
        return probe.worstMillis();
    }

    /// The machine's clock is set ahead by hours, back by days, and right again.
    static String clock(Arena arena, int times) throws Exception {
        Path directory = arena.newDirectory("clock");
        Path offset = directory.resolve("offset");
        set(offset, "+0");
        try (Daemon server =
                        new Daemon(
                                directory,
                                Arena.OTHER_SERVER,
                                "auth.secret = \"%s\"".formatted(SECRET),
                                fakeTime(offset));
                Probe probe = new Probe(server)) {
            LongTermCredential limited = limited();
            awaitAllocated(server, limited, true);
            for (int i = 0; i < Math.min(times, 3); i++) {
                set(offset, "+%d".formatted(GOOD_FOR.toSeconds() * 2));
                awaitAllocated(server, limited, false);
                expectWell(server, probe);
                set(offset, "-%d".formatted(Duration.ofDays(2).toSeconds()));
                awaitAllocated(server, limited, true);
                expectWell(server, probe);
                set(offset, "+0");
                awaitAllocated(server, limited, true);
                expectWell(server, probe);
            }
            return "2 hours ahead, 2 days back";
        }
    }

    /// The wall clock alone: nobody can set the monotonic one.
    private static Map<String, String> fakeTime(Path offset) throws IOException {
        return Map.of(
                "LD_PRELOAD",
                library().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                offset.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }

    private static Path library() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("/usr/lib"), 3)) {
            return files.filter(file -> file.endsWith("faketime/libfaketimeMT.so.1"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("libfaketime isn't installed"));
        }
    }

    private static void set(Path offset, String text) throws IOException {
        Path next = Files.writeString(offset.resolveSibling("offset.next"), text + "\n");
        Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
    }

    private static LongTermCredential limited() throws GeneralSecurityException {
        String username = Instant.now().plus(GOOD_FOR).getEpochSecond() + ":dave";
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        byte[] code = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
        return new LongTermCredential(username, Base64.getEncoder().encodeToString(code));
    }

    /// Allocations that are there stay, and new ones come, over every kind of connection.
    private static void expectWell(Daemon server, Probe probe) throws IOException {
        long before = probe.rounds();
        for (Carrier carrier : List.of(Carrier.UDP, Carrier.TCP)) {
            if (!isAllocated(server, Daemon.USER, carrier, PATIENCE)) {
                throw new IllegalStateException("no allocation\n" + server.log());
            }
        }
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (probe.rounds() == before && System.nanoTime() < deadline) {
            probe.check();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        probe.check();
        if (probe.rounds() == before || server.metric("turnd_engine_faults_total") > 0) {
            throw new IllegalStateException("the server failed:\n" + server.log());
        }
    }

    private static void awaitAllocated(Daemon server, LongTermCredential user, boolean wanted) {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (isAllocated(server, user, Carrier.UDP, SHORT_PATIENCE) != wanted) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        user.username() + (wanted ? " isn't let in" : " is let in"));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static boolean isAllocated(
            Daemon server, LongTermCredential user, Carrier carrier, Duration patience) {
        ClientOptions options =
                ClientOptions.of(user).repeating(Retransmission.RFC_8489.limitedTo(patience));
        try (TurnClient client = TurnClient.connect(server.endpoint(carrier), options)) {
            client.allocate(null);
            return true;
        } catch (TurnFailure e) {
            if (e.failure() instanceof Failure.ErrorResponse
                    || e.failure() instanceof Failure.Silence) {
                return false;
            }
            throw new IllegalStateException(server.log(), e);
        }
    }
}
