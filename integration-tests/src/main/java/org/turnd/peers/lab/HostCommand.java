package org.turnd.peers.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// One command of the host run to its end, with its input given and its output collected.
public final class HostCommand {
    /// No command of a laboratory takes longer than this.
    static final int LONGEST_SECONDS = 60;

    /// What a command left behind.
    ///
    /// @param exitCode the exit code
    /// @param output what it wrote to its standard output and error, in the order written
    public record Result(int exitCode, String output) {}

    private HostCommand() {}

    /// Runs a command to its end and returns its output.
    ///
    /// @param command the program and its arguments
    /// @return what the command wrote
    /// @throws LaboratoryException if it cannot be started, fails, or takes longer than a minute
    public static String run(List<String> command) {
        return run(command, "");
    }

    /// Runs a command with the given standard input and returns its output.
    ///
    /// @param command the program and its arguments
    /// @param input what the command reads from its standard input
    /// @return what the command wrote
    /// @throws LaboratoryException if it cannot be started, fails, or takes longer than a minute
    public static String run(List<String> command, String input) {
        var result = attempt(command, input);
        if (result.exitCode() != 0) {
            throw new LaboratoryException(
                    String.join(" ", command)
                            + " failed with exit code "
                            + result.exitCode()
                            + (input.isEmpty() ? "" : "\ninput:\n" + input)
                            + "\noutput:\n"
                            + result.output());
        }
        return result.output();
    }

    /// Runs a command to its end; a bad exit code is a result, not an exception.
    ///
    /// @param command the program and its arguments
    /// @param input what the command reads from its standard input
    /// @return the exit code and the output
    /// @throws LaboratoryException if it cannot be started, or takes longer than a minute
    public static Result attempt(List<String> command, String input) {
        try {
            return collect(
                    command, new ProcessBuilder(command).redirectErrorStream(true).start(), input);
        } catch (IOException e) {
            throw new LaboratoryException(
                    "cannot run " + command.getFirst() + ": is its package installed?", e);
        }
    }

    private static Result collect(List<String> command, Process process, String input)
            throws IOException {
        try {
            var output = CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()));
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new LaboratoryException(
                        String.join(" ", command)
                                + " did not end within "
                                + LONGEST_SECONDS
                                + " s");
            }
            return new Result(process.exitValue(), output.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaboratoryException("interrupted in " + String.join(" ", command), e);
        } catch (CompletionException e) {
            throw new LaboratoryException(
                    "cannot read the output of " + String.join(" ", command), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String readAll(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
