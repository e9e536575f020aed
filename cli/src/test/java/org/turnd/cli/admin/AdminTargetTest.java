package org.turnd.cli.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.dev.DevState;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class AdminTargetTest {
    @TempDir Path home;

    @Command
    static final class Holder {
        @Mixin AdminTarget target;

        @SuppressWarnings("NullAway.Init") // Picocli sets the field
        Holder() {}
    }

    private static String found(Map<String, String> environment, String... arguments)
            throws IOException {
        var holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.target.client(environment).toString();
    }

    @Test
    void anOptionWinsOverTheEnvironment() throws IOException {
        Map<String, String> environment = Map.of("TURND_ADMIN", "unix:/run/one.sock");
        assertEquals("unix:/run/one.sock", found(environment));
        assertEquals("unix:/run/two.sock", found(environment, "--admin", "unix:/run/two.sock"));
        assertEquals("unix:" + AdminTarget.DEFAULT_SOCKET, found(Map.of()));
    }

    @Test
    void takesTheTokenOfAnAddressFromTheEnvironment() throws IOException {
        Path file = Files.writeString(home.resolve("token"), "the-token\n");
        assertEquals(
                "127.0.0.1:9642 with a token",
                found(
                        Map.of("TURND_ADMIN_TOKEN_FILE", file.toString()),
                        "--admin",
                        "127.0.0.1:9642"));
        assertThrows(IOException.class, () -> found(Map.of(), "--admin", "192.0.2.7:9642"));
        assertThrows(IOException.class, () -> found(Map.of(), "--admin", "nonsense"));
    }

    @Test
    void findsTheDevelopmentServerThatWasStartedLast() throws IOException {
        Map<String, String> environment = Map.of("XDG_STATE_HOME", home.toString());
        DevState.of(environment).remember(3479);
        assertEquals(
                "unix:" + home.resolve("turnd/dev-admin-3479.sock"), found(environment, "--dev"));
    }
}
