package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `turnd log-level`.
@Command(
        name = "log-level",
        description = "Shows or changes the log level of a running server, until its next change.")
public final class LogLevelCommand extends AdminCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "LEVEL",
            description = "error, warn, info or debug. Without it the level stays.")
    private @Nullable String level;

    /// Made by Picocli.
    public LogLevelCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        JsonObject answer =
                level == null
                        ? client.ask("GET", "/v1/log-level")
                        : client.ask("PUT", "/v1/log-level", body("level", level));
        print(answer, text(answer, "level"));
    }
}
