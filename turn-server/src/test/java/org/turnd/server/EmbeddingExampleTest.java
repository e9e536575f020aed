package org.turnd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ConfigLoader;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;

/// The example of `docs/embedding.md`, compiled and run.
class EmbeddingExampleTest {
    private static final Path PAGE = Path.of("../docs/embedding.md");
    private static final Path THIS =
            Path.of("src/test/java/org/turnd/server/EmbeddingExampleTest.java");

    private static void example(Path file, Runnable waitForTheEnd) throws StartFailure {
        // example begins
        ConfigResult result = ConfigLoader.load(file);
        if (!(result instanceof ConfigResult.Loaded loaded)) {
            throw new IllegalArgumentException(result.toString());
        }
        try (TurnServer server = TurnServer.start(loaded.settings())) {
            server.listeners().forEach(listener -> System.out.println("listening on " + listener));
            waitForTheEnd.run();
            server.drain();
            server.drained()
                    .toCompletableFuture()
                    .completeOnTimeout(null, 1, TimeUnit.MINUTES)
                    .join();
        }
        // example ends
    }

    @Test
    void runsAsThePageShowsIt(@TempDir Path directory) throws Exception {
        int port = TestSettings.freePort();
        Path file = directory.resolve("turnd.conf");
        Files.writeString(
                file,
                """
                listeners { udp = ["127.0.0.1:%d"], tcp = [] }
                relay { ipv4 = "127.0.0.1" }
                auth { secret = "k3Jz8vQ1xW5nB7mT2rYpk3Jz8vQ1xW5nB7mT2rYp" }
                """
                        .formatted(port));
        example(
                file,
                () -> {
                    try (var client = TestClient.udp(TestSettings.address("127.0.0.1", port))) {
                        assertEquals(client.wire().local(), client.binding());
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Test
    void isWhatThePageShows() throws Exception {
        String source = Files.readString(THIS);
        String code =
                source.substring(
                        source.indexOf("begins\n") + 7, source.indexOf("        // example e"));
        String page = Files.readString(PAGE);
        String shown = page.substring(page.indexOf("```java\n") + 8, page.indexOf("```\n"));
        assertEquals(squeezed(code), squeezed(shown));
    }

    /// The formatter breaks lines elsewhere than the page does.
    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
