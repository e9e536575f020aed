package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `turnd users`.
@Command(
        name = "users",
        description = "Lists, revokes and restores the users of a running server.",
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {UsersCommand.Revoke.class, UsersCommand.Restore.class})
public final class UsersCommand extends AdminCommand {
    /// Made by Picocli.
    public UsersCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        JsonObject answer = client.ask("GET", "/v1/users");
        var columns = new Columns("USER", "SESSIONS", "TO PEERS", "TO CLIENT", "");
        for (JsonObject user : objects(answer, "users")) {
            columns.row(
                    text(user, "name"),
                    number(user, "sessions"),
                    Columns.amount(number(user, "bytes_to_peers")),
                    Columns.amount(number(user, "bytes_to_client")),
                    flag(user, "revoked") ? "revoked" : "");
        }
        print(answer, columns.lines());
    }

    /// `turnd users revoke`.
    @Command(
            name = "revoke",
            description = {
                "Ends a user's sessions at once and serves that name no more, until it is restored",
                "or the server restarts. A user id stands for all its time-limited names."
            })
    static final class Revoke extends AdminCommand {
        @Parameters(paramLabel = "NAME", description = "A user name, or a user id.")
        private String name;

        @SuppressWarnings("NullAway.Init") // Picocli sets the field
        Revoke() {}

        @Override
        void run(AdminClient client) throws IOException {
            JsonObject answer =
                    client.ask("PUT", "/v1/users/" + AdminClient.encoded(name) + "/revocation");
            print(answer, "revoked; ended " + number(answer, "ended_sessions"));
        }
    }

    /// `turnd users restore`.
    @Command(name = "restore", description = "Serves a revoked user again.")
    static final class Restore extends AdminCommand {
        @Parameters(paramLabel = "NAME", description = "As it was revoked.")
        private String name;

        @SuppressWarnings("NullAway.Init") // Picocli sets the field
        Restore() {}

        @Override
        void run(AdminClient client) throws IOException {
            print(
                    client.ask("DELETE", "/v1/users/" + AdminClient.encoded(name) + "/revocation"),
                    "restored");
        }
    }
}
