package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;

/// `turnd drain`.
@Command(
        name = "drain",
        description = {
            "Has a running server refuse new allocations; sessions go on to their end.",
            "The server doesn't stop. turnd undrain undoes it."
        })
public final class DrainCommand extends AdminCommand {
    /// Made by Picocli.
    public DrainCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        JsonObject answer = client.ask("PUT", "/v1/drain");
        print(answer, "draining; %d sessions left".formatted(number(answer, "sessions")));
    }

    /// `turnd undrain`.
    @Command(name = "undrain", description = "Has a running server take new allocations again.")
    public static final class Undo extends AdminCommand {
        /// Made by Picocli.
        public Undo() {}

        @Override
        void run(AdminClient client) throws IOException {
            client.ask("DELETE", "/v1/drain");
            print(client.ask("GET", "/v1/drain"), "not draining");
        }
    }
}
