package org.turnd.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ConfigLoader;
import org.turnd.server.config.ConfigProblem;
import org.turnd.server.config.ConfigResult;
import picocli.CommandLine.Option;

/// The `-c` option, and reading the configuration for every command alike.
final class ConfigSource {
    static final String DEFAULT_FILE = "/etc/turnd/turnd.conf";

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = {
                "The configuration. Default: " + DEFAULT_FILE + ", or the environment alone",
                "where that is missing and TURND_AUTH_... or TURND_OAUTH_... is set."
            })
    private @Nullable Path file;

    /// Reads the configuration.
    ///
    /// @throws ConfigurationFailure with every problem, when it can't be run with
    ConfigResult.Loaded load(Map<String, String> environment) throws ConfigurationFailure {
        return read(file(environment));
    }

    /// Where the configuration can be read again.
    Reloader.Configuration source(Map<String, String> environment) {
        Path read = file(environment);
        return () -> ConfigLoader.load(read);
    }

    /// Reads this configuration, or the environment alone.
    ///
    /// @throws ConfigurationFailure with every problem, when it can't be run with
    static ConfigResult.Loaded read(@Nullable Path file) throws ConfigurationFailure {
        return switch (ConfigLoader.load(file)) {
            case ConfigResult.Loaded loaded -> loaded;
            case ConfigResult.Refused refused ->
                    throw new ConfigurationFailure(text(refused), refused.mayPass());
        };
    }

    /// What the configuration is called in messages.
    String name(Map<String, String> environment) {
        Path read = file(environment);
        return read == null ? "the environment" : read.toString();
    }

    private @Nullable Path file(Map<String, String> environment) {
        if (file != null) {
            return file;
        }
        Path fallback = Path.of(DEFAULT_FILE);
        boolean environmentSuffices =
                environment.keySet().stream()
                        .anyMatch(name ->
                                name.startsWith("TURND_AUTH_") || name.startsWith("TURND_OAUTH_"));
        return environmentSuffices && !Files.exists(fallback) ? null : fallback;
    }

    private static String text(ConfigResult.Refused refused) {
        int count = refused.problems().size();
        String problems =
                refused.problems().stream()
                        .map(ConfigProblem::toString)
                        .collect(Collectors.joining("\n"));
        return problems + "\n" + (count == 1 ? "1 problem" : count + " problems");
    }
}
