package org.turnd.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HouseRulesTest {
    private static final List<String> MODULES =
            List.of(
                    "stun-codec",
                    "turn-server",
                    "cli",
                    "benchmarks",
                    "integration-tests",
                    "packaging");

    @Test
    void everySourceKeepsTheHouseRules() {
        List<HouseRules.Source> sources =
                MODULES.stream().flatMap(HouseRulesTest::sources).toList();
        assertTrue(sources.size() > 20, "too few sources found: " + sources.size());

        List<String> complaints = HouseRules.complaints(sources);

        assertEquals("", String.join("\n", complaints));
    }

    @Test
    void everyMainPackageSaysWhatLivesThere() {
        Set<String> silent = new TreeSet<>();
        MODULES.stream()
                .flatMap(HouseRulesTest::sources)
                .filter(HouseRules.Source::isMain)
                .map(source -> Path.of(source.name()).resolveSibling("package-info.java"))
                .filter(info -> !Files.exists(root().resolve(info)))
                .forEach(info -> silent.add(info + ":1: is missing"));

        assertEquals("", String.join("\n", silent));
    }

    @ParameterizedTest
    @CsvSource({
        "org.turnd.stun, org.turnd.server.engine.TurnEngine",
        "org.turnd.stun, io.netty.channel.Channel",
        "org.turnd.server.engine, org.turnd.server.config.ServerSettings",
        "org.turnd.server.engine, java.net.InetAddress",
        "org.turnd.server.engine, java.util.concurrent.ConcurrentHashMap",
        "org.turnd.server.engine, org.slf4j.Logger",
        "org.turnd.server.config, org.turnd.server.engine.EngineSettings",
        "org.turnd.server.policy, org.turnd.server.net.Shard",
        "org.turnd.server.net, org.turnd.server.ops.OpsServer",
        "org.turnd.server.ops, org.turnd.server.net.Shard",
        "org.turnd.server.net, org.turnd.cli.Turnd",
        "org.turnd.cli, org.turnd.peers.PeersCommand",
    })
    void refusesImportsAgainstTheGrain(String from, String name) {
        assertTrue(Imports.objection(from, name).isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "org.turnd.stun, io.netty.buffer.ByteBuf",
        "org.turnd.server.engine, org.turnd.stun.StunView",
        "org.turnd.server.engine, org.turnd.server.engine.Allocation",
        "org.turnd.server.net, org.turnd.server.engine.TurnEngine",
        "org.turnd.server.net, io.netty.channel.Channel",
        "org.turnd.server, org.turnd.server.ops.OpsServer",
        "org.turnd.cli.check, org.turnd.cli.Turnd",
        "org.turnd.peers, org.turnd.cli.CommandExtension",
    })
    void letsImportsWithTheGrainPass(String from, String name) {
        assertEquals("", Imports.objection(from, name).orElse(""));
    }

    @Test
    void namesFileAndLineOfEveryBreach() {
        String text =
                """
                package org.turnd.server.engine;
                import java.net.Socket;
                public class FooManager {
                    // %s later
                    int getPort() { return (int) System.nanoTime(); }
                    org.turnd.server.net.Shard shard;
                    void big() {
                %s    }
                }
                """
                        .formatted("TO" + "DO", "\n".repeat(60));

        List<String> complaints =
                HouseRules.complaints(List.of(new HouseRules.Source("F.java", text, true)));

        assertEquals(
                List.of(
                        "F.java:4: something left over",
                        "F.java:2: org.turnd.server.engine is pure and may not use java.net.Socket",
                        "F.java:3: FooManager says nothing; name it after what it is",
                        "F.java:3: FooManager is public and has no documentation",
                        "F.java:5: getPort(): accessors are called port(), not getPort()",
                        "F.java:5: the engine has no clock of its own",
                        "F.java:6: org.turnd.server.engine may not use org.turnd.server.net.Shard",
                        "F.java:7: big has 62 lines, at most 60"),
                complaints);
    }

    @Test
    void refusesAFileThatTellsTooManyStories() {
        String text = "package org.turnd.stun;\n" + "\n".repeat(HouseRules.FILE_LINES_MAX);

        List<String> complaints =
                HouseRules.complaints(List.of(new HouseRules.Source("F.java", text, true)));

        assertEquals(List.of("F.java:501: 501 lines, at most 500"), complaints);
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("stun-codec"))
                ? here
                : here.resolve("..").normalize();
    }

    private static Stream<HouseRules.Source> sources(String module) {
        // Benchmarks reach into the packages they measure, as tests do.
        boolean isMeasuring = module.equals("benchmarks");
        return Stream.of("main", "test")
                .flatMap(kind ->
                        sources(
                                root().resolve(module).resolve("src").resolve(kind),
                                kind.equals("main") && !isMeasuring));
    }

    private static Stream<HouseRules.Source> sources(Path directory, boolean isMain) {
        if (!Files.isDirectory(directory)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(file -> source(file, isMain))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HouseRules.Source source(Path file, boolean isMain) {
        try {
            String name = root().relativize(file).toString();
            return new HouseRules.Source(name, Files.readString(file), isMain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
