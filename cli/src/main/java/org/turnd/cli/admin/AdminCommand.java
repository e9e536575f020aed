package org.turnd.cli.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that asks a running server.
abstract class AdminCommand implements Callable<Integer> {
    @Spec CommandSpec spec;
    @Mixin AdminTarget target;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    AdminCommand() {}

    /// Asks, and prints the answer.
    abstract void run(AdminClient client) throws IOException;

    /// What became of it, once it has run.
    int exitCode() {
        return ExitCode.OK;
    }

    @Override
    public Integer call() throws IOException {
        run(target.client());
        out().flush();
        return exitCode();
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /// Prints a request's answer as it is, or what people want to know of it.
    void print(JsonObject answer, String... lines) {
        print(answer, List.of(lines));
    }

    void print(JsonObject answer, List<String> lines) {
        if (target.isJson) {
            out().println(Columns.json(answer));
        } else {
            lines.forEach(out()::println);
        }
    }

    static List<JsonObject> objects(JsonObject answer, String name) {
        JsonArray array = answer.getAsJsonArray(name);
        return array.asList().stream().map(one -> one.getAsJsonObject()).toList();
    }

    static String text(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "";
    }

    static long number(JsonObject object, String name) {
        return object.get(name).getAsLong();
    }

    static boolean flag(JsonObject object, String name) {
        return object.get(name).getAsBoolean();
    }

    static JsonObject body(String name, @Nullable String value) {
        var body = new JsonObject();
        body.addProperty(name, value);
        return body;
    }
}
