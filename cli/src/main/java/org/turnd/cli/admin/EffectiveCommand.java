package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// `turnd config effective`.
@Command(
        name = "effective",
        description =
                "Prints what takes effect in a running server and where it comes from; secrets are"
                        + " hidden.")
public final class EffectiveCommand extends AdminCommand {
    /// Made by Picocli.
    public EffectiveCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        JsonObject answer = client.ask("GET", "/v1/config");
        List<String> lines =
                objects(answer, "settings").stream()
                        .map(one ->
                                "%s = %s  # %s"
                                        .formatted(
                                                text(one, "key"),
                                                Columns.printable(text(one, "value")),
                                                Columns.printable(text(one, "origin"))))
                        .toList();
        print(answer, lines);
    }
}
