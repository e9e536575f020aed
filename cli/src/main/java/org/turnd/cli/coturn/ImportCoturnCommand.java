package org.turnd.cli.coturn;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.ExitCode;
import org.turnd.cli.dev.PrivateFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `turnd import-coturn`.
@Command(
        name = "import-coturn",
        description = {
            "Translates coturn's turnserver.conf into a configuration of turnd's, and says what has",
            "no counterpart. What would be unsafe is not carried over."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:everything that matters is translated",
            " 1:the file can't be read or written",
            " 2:the command line is wrong",
            " 3:it is translated, and something was left out"
        })
public final class ImportCoturnCommand implements Callable<Integer> {
    private static final long FILE_BYTES_MAX = 1 << 20;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "coturn's configuration.")
    private Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "The file to write, readable by its owner only. Default: standard output.")
    private @Nullable Path output;

    @Option(names = "--force", description = "Replace an existing file.")
    private boolean isForced;

    @Option(
            names = "--json",
            description = "Report as JSON on standard output; with --output only.")
    private boolean isJson;

    /// Made by Picocli.
    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    public ImportCoturnCommand() {}

    @Override
    public Integer call() throws IOException {
        if (isJson && output == null) {
            throw new ParameterException(spec.commandLine(), "--json needs --output");
        }
        PrintWriter err = spec.commandLine().getErr();
        if (output != null && Files.exists(output) && !isForced) {
            err.println("turnd: " + output + " exists; --force replaces it");
            return ExitCode.FAILURE;
        }
        Translation translation =
                Translation.of(read(), name(), file.toAbsolutePath().normalize().getParent());
        if (output == null) {
            spec.commandLine().getOut().print(translation.text());
        } else {
            write(output, translation.text());
        }
        if (isJson) {
            spec.commandLine().getOut().println(json(translation));
        } else {
            report(translation, err);
        }
        spec.commandLine().getOut().flush();
        return translation.isComplete() ? ExitCode.OK : ExitCode.INCOMPLETE;
    }

    private String read() throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + " has more than " + FILE_BYTES_MAX + " bytes");
        }
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void write(Path to, String text) throws IOException {
        Path directory = to.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.deleteIfExists(to);
        PrivateFiles.write(to, text);
    }

    private String name() {
        Path last = file.getFileName();
        return last == null ? file.toString() : last.toString();
    }

    private void report(Translation translation, PrintWriter err) {
        for (Finding finding : translation.findings()) {
            err.println(finding.toText(name()));
        }
        err.println(
                "%d options: %d translated, %d left out, %d needless"
                        .formatted(
                                translation.options(),
                                translation.translated(),
                                translation.findings().stream()
                                        .filter(finding -> finding.kind().isLoss())
                                        .count(),
                                translation.findings().stream()
                                        .filter(finding -> finding.kind() == Finding.Kind.NEEDLESS)
                                        .count()));
        if (output != null) {
            err.println(output + " is written, readable by its owner only. Next:");
            err.println("  turnd validate -c " + output);
        }
    }

    private String json(Translation translation) {
        List<Map<String, Object>> findings =
                translation.findings().stream().map(this::json).toList();
        return ConfigValueFactory.fromMap(
                        Map.of(
                                "options", translation.options(),
                                "translated", translation.translated(),
                                "complete", translation.isComplete(),
                                "findings", findings))
                .render(ConfigRenderOptions.concise().setFormatted(true))
                .stripTrailing();
    }

    private Map<String, Object> json(Finding finding) {
        var map = new LinkedHashMap<String, Object>();
        map.put("kind", finding.kind().word().replace(' ', '-'));
        map.put("file", file.toString());
        if (finding.line() > 0) {
            map.put("line", finding.line());
        }
        if (!finding.source().isEmpty()) {
            map.put("option", finding.source());
        }
        map.put("text", finding.text());
        return map;
    }
}
