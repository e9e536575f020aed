package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `turnd sessions`.
@Command(
        name = "sessions",
        description = "Lists, shows and ends the sessions of a running server.",
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {
            SessionsCommand.ListAll.class,
            SessionsCommand.Show.class,
            SessionsCommand.Kill.class
        })
public final class SessionsCommand extends AdminCommand {
    @Mixin private Filter filter;

    /// Made by Picocli.
    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    public SessionsCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        printList(this, filter, client);
    }

    private static void printList(AdminCommand command, Filter filter, AdminClient client)
            throws IOException {
        JsonObject answer = client.ask("GET", "/v1/sessions" + filter.query());
        var columns =
                new Columns(
                        "ID", "USER", "OVER", "CLIENT", "RELAYED", "AGE", "TO PEERS", "TO CLIENT");
        List<JsonObject> sessions = objects(answer, "sessions");
        for (JsonObject session : sessions) {
            columns.row(
                    text(session, "id"),
                    text(session, "user"),
                    text(session, "transport"),
                    text(session, "client"),
                    relayed(session),
                    age(session, Instant.now()),
                    Columns.amount(number(session, "bytes_to_peers")),
                    Columns.amount(number(session, "bytes_to_client")));
        }
        List<String> lines = new ArrayList<>(columns.lines());
        long more = number(answer, "matched") - sessions.size();
        if (more > 0) {
            lines.add("and %d more; see --limit".formatted(more));
        }
        command.print(answer, lines);
    }

    static String relayed(JsonObject session) {
        return session.getAsJsonArray("relayed").asList().stream()
                .map(one -> one.getAsString())
                .collect(Collectors.joining(" "));
    }

    static String age(JsonObject session, Instant now) {
        Duration age = Duration.between(Instant.parse(text(session, "created")), now);
        long seconds = Math.max(0, age.toSeconds());
        return seconds < 3600
                ? "%d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /// Which sessions.
    static final class Filter {
        @Option(names = "--user", paramLabel = "NAME", description = "Of this user name or id.")
        private @Nullable String user;

        @Option(
                names = "--client",
                paramLabel = "ADDRESS",
                description = "Of the client at this IP address, or address and port.")
        private @Nullable String client;

        @Option(
                names = "--transport",
                paramLabel = "NAME",
                description = "Over udp, tcp, tls or dtls.")
        private @Nullable String transport;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "1000",
                description = "At most so many, up to 10000. Default: 1000.")
        private int limit;

        Filter() {}

        String query() {
            Map<String, String> parts = new LinkedHashMap<>();
            parts.put("limit", Integer.toString(limit));
            if (user != null) {
                parts.put("user", user);
            }
            if (client != null) {
                parts.put("client", client);
            }
            if (transport != null) {
                parts.put("transport", transport);
            }
            return parts.entrySet().stream()
                    .map(part -> part.getKey() + "=" + AdminClient.encoded(part.getValue()))
                    .collect(Collectors.joining("&", "?", ""));
        }
    }

    /// `turnd sessions list`.
    @Command(name = "list", description = "Lists sessions.")
    static final class ListAll extends AdminCommand {
        @Mixin private Filter filter;

        @SuppressWarnings("NullAway.Init") // Picocli sets the fields
        ListAll() {}

        @Override
        void run(AdminClient client) throws IOException {
            printList(this, filter, client);
        }
    }

    /// `turnd sessions show`.
    @Command(name = "show", description = "Shows a session with its peers.")
    static final class Show extends AdminCommand {
        @Parameters(paramLabel = "ID", description = "As turnd sessions lists it.")
        private String id;

        @SuppressWarnings("NullAway.Init") // Picocli sets the fields
        Show() {}

        @Override
        void run(AdminClient client) throws IOException {
            JsonObject answer = client.ask("GET", "/v1/sessions/" + AdminClient.encoded(id));
            List<String> lines = new ArrayList<>();
            answer.getAsJsonObject("session")
                    .entrySet()
                    .forEach(member -> {
                        String value =
                                member.getValue().isJsonArray()
                                        ? relayed(answer.getAsJsonObject("session"))
                                        : member.getValue().getAsString();
                        lines.add("%-18s %s".formatted(member.getKey(), Columns.printable(value)));
                    });
            for (JsonObject permission : objects(answer, "permissions")) {
                lines.add("permission         " + text(permission, "peer"));
            }
            for (JsonObject channel : objects(answer, "channels")) {
                lines.add("channel " + text(channel, "number") + "     " + text(channel, "peer"));
            }
            print(answer, lines);
        }
    }

    /// `turnd sessions kill`.
    @Command(
            name = "kill",
            description =
                    "Ends sessions at once. Clients may allocate again: see turnd users revoke.")
    static final class Kill extends AdminCommand {
        @ArgGroup(multiplicity = "1")
        private Which which;

        @SuppressWarnings("NullAway.Init") // Picocli sets the fields
        Kill() {}

        /// One by its id, or those of a user.
        static final class Which {
            @Parameters(paramLabel = "ID", description = "As turnd sessions lists it.")
            private @Nullable String id;

            @Option(names = "--user", paramLabel = "NAME", description = "All of this user.")
            private @Nullable String user;
        }

        @Override
        void run(AdminClient client) throws IOException {
            int ended = which.user == null ? end(client, which.id) : endAll(client, which.user);
            var answer = new JsonObject();
            answer.addProperty("ended_sessions", ended);
            print(answer, "ended " + ended);
        }

        private static int end(AdminClient client, @Nullable String id) throws IOException {
            client.ask("DELETE", "/v1/sessions/" + AdminClient.encoded(String.valueOf(id)));
            return 1;
        }

        /// Those that end by themselves meanwhile need no ending.
        private static int endAll(AdminClient client, String user) throws IOException {
            String query = "?limit=10000&user=" + AdminClient.encoded(user);
            int ended = 0;
            for (JsonObject session :
                    objects(client.ask("GET", "/v1/sessions" + query), "sessions")) {
                try {
                    ended += end(client, text(session, "id"));
                } catch (AdminRefusal e) {
                    if (!e.isNotFound()) {
                        throw e;
                    }
                }
            }
            return ended;
        }
    }
}
