package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `turnd secrets`.
@Command(
        name = "secrets",
        description = "Lists, revokes and restores the secrets of a running server.",
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {SecretsCommand.Revoke.class, SecretsCommand.Restore.class})
public final class SecretsCommand extends AdminCommand {
    /// Made by Picocli.
    public SecretsCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        JsonObject answer = client.ask("GET", "/v1/secrets");
        var columns = new Columns("INDEX", "FINGERPRINT", "");
        for (JsonObject secret : objects(answer, "secrets")) {
            columns.row(
                    number(secret, "index"),
                    text(secret, "fingerprint"),
                    flag(secret, "revoked") ? "revoked" : "");
        }
        print(answer, columns.lines());
    }

    private static String path(String fingerprint) {
        return "/v1/secrets/" + AdminClient.encoded(fingerprint) + "/revocation";
    }

    /// `turnd secrets revoke`.
    @Command(
            name = "revoke",
            description = {
                "Ends at once the sessions of credentials made with this secret, and serves such no",
                "more, until it is restored or the server restarts."
            })
    static final class Revoke extends AdminCommand {
        @Parameters(paramLabel = "FINGERPRINT", description = "As turnd secrets lists it.")
        private String fingerprint;

        @SuppressWarnings("NullAway.Init") // Picocli sets the field
        Revoke() {}

        @Override
        void run(AdminClient client) throws IOException {
            JsonObject answer = client.ask("PUT", path(fingerprint));
            print(answer, "revoked; ended " + number(answer, "ended_sessions"));
        }
    }

    /// `turnd secrets restore`.
    @Command(name = "restore", description = "Serves credentials of a revoked secret again.")
    static final class Restore extends AdminCommand {
        @Parameters(paramLabel = "FINGERPRINT", description = "As it was revoked.")
        private String fingerprint;

        @SuppressWarnings("NullAway.Init") // Picocli sets the field
        Restore() {}

        @Override
        void run(AdminClient client) throws IOException {
            print(client.ask("DELETE", path(fingerprint)), "restored");
        }
    }
}
