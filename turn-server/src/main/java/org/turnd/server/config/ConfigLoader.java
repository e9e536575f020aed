package org.turnd.server.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ConfigResult.Refused;

/// Reads a configuration: a HOCON file, and environment variables that win over it. Whatever is
/// wrong is reported at once, with its place and its fix.
public final class ConfigLoader {
    private ConfigLoader() {}

    /// Reads a file for this machine and this process's environment.
    ///
    /// @param file the file, or null when the environment says it all
    public static ConfigResult load(@Nullable Path file) {
        return load(file, System.getenv(), LocalMachine.look());
    }

    /// Reads a file for some machine and some environment. Relative paths in the file begin at its
    /// directory.
    public static ConfigResult load(
            @Nullable Path file, Map<String, String> environment, LocalMachine machine) {
        var problems = new ArrayList<ConfigProblem>();
        Origin whole = Origin.file(file == null ? "environment" : file.toString(), 0);
        var raw = new RawValues(file == null ? "" : file.toString(), problems);
        if (file != null) {
            readFile(file, raw, problems);
            if (!problems.isEmpty() && problems.getFirst().key().isEmpty()) {
                return new Refused(problems);
            }
        }
        raw.readEnvironment(environment);
        var warnings = new ArrayList<String>();
        RawValues.misspelt(environment)
                .forEach((name, meant) ->
                        warnings.add(
                                "environment variable %s means nothing; did you mean %s?"
                                        .formatted(name, meant)));
        var reader = new SettingsReader(raw, whole, problems);
        ServerSettings settings =
                new SettingsAssembly(reader, raw, machine, problems, warnings).assemble(file);
        ServerSettings.Switch watch = reader.value(ReloadSchema.WATCH);
        if (!problems.isEmpty()) {
            problems.sort(
                    Comparator.comparing((ConfigProblem problem) -> problem.origin().line() == 0)
                            .thenComparingInt(problem -> problem.origin().line()));
            return new Refused(problems);
        }
        return new Loaded(settings, watch, warnings, reader.effective());
    }

    /// A file that isn't HOCON gives one problem without a key.
    private static void readFile(Path file, RawValues raw, List<ConfigProblem> problems) {
        Origin whole = Origin.file(file.toString(), 0);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            // In a directory that is closed to us a file neither exists nor doesn't.
            boolean missing = Files.notExists(file);
            problems.add(
                    new ConfigProblem(
                            whole,
                            "",
                            missing ? "there is no such file" : "can't be read",
                            "a configuration file",
                            missing
                                    ? "write one with `turnd init`, or name another with -c"
                                    : "let the server's user read it, and enter its directory"));
            return;
        }
        var options =
                ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false);
        try {
            raw.readFile(ConfigFactory.parseFile(file.toFile(), options).resolve().root());
        } catch (ConfigException e) {
            int line = e.origin() == null ? 0 : e.origin().lineNumber();
            problems.add(
                    new ConfigProblem(
                            Origin.file(file.toString(), line),
                            "",
                            reason(e),
                            "HOCON: `key = value` lines in groups { ... }",
                            "mend this line, or the one before it"));
        } catch (StackOverflowError e) {
            // The library reads nested values recursively and has no limit of its own.
            problems.add(
                    new ConfigProblem(
                            whole,
                            "",
                            "is nested too deeply",
                            "groups and lists a few levels deep",
                            "close every bracket that is opened"));
        }
    }

    /// The library's message without the place, which stands before it already.
    private static String reason(ConfigException e) {
        String message = String.valueOf(e.getMessage());
        if (e.origin() != null) {
            String place = e.origin().description() + ": ";
            int end = message.indexOf(place);
            if (end >= 0) {
                message = message.substring(end + place.length());
            }
        }
        return message.replaceFirst(" \\(if you intended .*", "");
    }
}
