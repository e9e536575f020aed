package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.turnd.cli.ExitCode;
import picocli.CommandLine.Command;

/// `turnd reload`.
@Command(
        name = "reload",
        description = {
            "Has a running server read its configuration again. When something is wrong with it",
            "nothing changes, every problem is shown, and the exit code is 78."
        })
public final class ReloadCommand extends AdminCommand {
    private boolean isDone;

    /// Made by Picocli.
    public ReloadCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        JsonObject answer = client.ask("POST", "/v1/reload");
        isDone = flag(answer, "done");
        List<String> lines = new ArrayList<>();
        lines.add(isDone ? "reloaded" : "not reloaded");
        texts(answer, "changed").forEach(key -> lines.add("changed: " + key));
        texts(answer, "needs_restart").forEach(key -> lines.add("needs a restart: " + key));
        texts(answer, "warnings").forEach(warning -> lines.add("warning: " + warning));
        lines.addAll(texts(answer, "problems"));
        print(answer, lines);
    }

    @Override
    int exitCode() {
        return isDone ? ExitCode.OK : ExitCode.CONFIGURATION;
    }

    private static List<String> texts(JsonObject answer, String name) {
        return answer.getAsJsonArray(name).asList().stream()
                .map(one -> one.getAsString().lines().map(Columns::printable).toList())
                .map(lines -> String.join("\n", lines))
                .toList();
    }
}
