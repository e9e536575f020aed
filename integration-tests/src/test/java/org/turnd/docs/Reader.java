package org.turnd.docs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.turnd.docs.CommandRules.Rule;
import org.turnd.peers.lab.HostCommand;
import org.turnd.peers.lab.Namespace;

/// Somebody who types the commands of a page into one shell, on a machine where turnd is installed
/// and nothing else listens: a network namespace, and file systems that forget what was written.
/// `sudo` isn't needed, because this is root.
final class Reader implements AutoCloseable {
    /// Each command starts a Java virtual machine or two.
    private static final String LONGEST_SECONDS = "200";

    private static final String BEGINS = "@@ begins ";
    private static final String ENDS = "@@ ends ";

    private final Namespace host = new Namespace("turnd-docs-" + ProcessHandle.current().pid());
    private final Path directory;
    private final Path root;

    /// @param directory the reader's own
    /// @param root of the project
    Reader(Path directory, Path root) throws IOException {
        this.directory = directory;
        this.root = root;
        HostCommand.run(List.of("ip", "netns", "add", host.name()));
        host.run("ip", "link", "set", "lo", "up");
        for (String address : List.of("192.0.2.10/32", "192.0.2.11/32")) {
            host.run("ip", "address", "add", address, "dev", "lo");
        }
        Files.writeString(
                directory.resolve("turnd"),
                "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(root.resolve("turnd")));
        if (!directory.resolve("turnd").toFile().setExecutable(true)) {
            throw new IOException("can't make " + directory.resolve("turnd"));
        }
    }

    /// Runs a page's commands that are to be run. Returns what went otherwise than the page says.
    List<String> read(String preparation, List<DocumentedCommand> commands, CommandRules rules)
            throws IOException {
        var script = new StringBuilder("directory=%s checkout=%s\n".formatted(directory, root));
        script.append(machine());
        script.append(preparation).append('\n');
        for (int i = 0; i < commands.size(); i++) {
            Rule rule = rules.of(commands.get(i));
            String command = rule.instead().isEmpty() ? commands.get(i).text() : rule.instead();
            script.append(rule.before()).append("\necho '").append(BEGINS).append(i).append("'\n");
            script.append(rule.serves() ? "stop_server\n" : "").append("{ ").append(command);
            script.append(rule.serves() ? "\n} > server.log 2>&1 &\nawait_server\n" : "\n} 2>&1\n");
            script.append("echo \"\n").append(ENDS).append("$?\"\n");
        }
        script.append("stop_server\n");
        Path file = directory.resolve("page.sh");
        Files.writeString(file, script);
        Process shell =
                host.exec("unshare", "--mount", "timeout", LONGEST_SECONDS, "bash", file.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return judge(output, commands, rules);
    }

    /// The machine as a reader finds it, and what is done about servers.
    private static String machine() throws IOException {
        try (InputStream in = Reader.class.getResourceAsStream("machine.sh")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> judge(
            String output, List<DocumentedCommand> commands, CommandRules rules) {
        var wrong = new ArrayList<String>();
        String[] parts = output.split(BEGINS, -1);
        for (int i = 0; i < commands.size(); i++) {
            DocumentedCommand command = commands.get(i);
            String said = i + 1 < parts.length ? parts[i + 1] : "not reached";
            String end = ENDS + rules.of(command).exits();
            if (said.lines().noneMatch(end::equals)) {
                wrong.add("%s: %s\n%s".formatted(command.place(), command.text(), said.indent(4)));
            }
        }
        if (!wrong.isEmpty()) {
            wrong.add("before the first command:\n" + parts[0].indent(4));
        }
        return wrong;
    }

    @Override
    public void close() {
        HostCommand.attempt(
                List.of("bash", "-c", "kill -9 $(ip netns pids " + host.name() + ")"), "");
        HostCommand.run(List.of("ip", "netns", "del", host.name()));
    }
}
