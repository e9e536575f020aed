package org.turnd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.turnd.cli.dev.PrivateFiles;
import org.turnd.server.config.ConfigTemplate;
import org.turnd.server.config.SecretStrength;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `turnd init`.
@Command(
        name = "init",
        description = {
            "Writes a configuration with a fresh secret, readable by its owner only.",
            "An existing file is left alone."
        })
final class InitCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = ConfigSource.DEFAULT_FILE,
            description = "The file to write.")
    private Path file;

    @Option(names = "--force", description = "Replace an existing file.")
    private boolean isForced;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    InitCommand() {}

    @Override
    public Integer call() throws IOException {
        if (Files.exists(file) && !isForced) {
            spec.commandLine()
                    .getErr()
                    .println("turnd: " + file + " exists; --force replaces it and its secret");
            return ExitCode.FAILURE;
        }
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.deleteIfExists(file);
        PrivateFiles.write(
                file, ConfigTemplate.withSecret(SecretStrength.fresh(new SecureRandom())));
        var out = spec.commandLine().getOut();
        out.println(file + " is written, with a secret of its own. Next:");
        out.println("  turnd validate -c " + file);
        out.println("  turnd run -c " + file);
        out.println("  turnd credentials -c " + file);
        return ExitCode.OK;
    }
}
