package org.turnd.peers.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// One network namespace: a host of the laboratory. Safe for use by many threads.
///
/// @param name as `ip netns` knows it
public record Namespace(String name) {
    private static final int LINK_ATTEMPTS = 200;
    private static final int DESTROY_ATTEMPTS = 40;
    private static final Duration LINK_PAUSE = Duration.ofMillis(25);

    /// Returns a process builder for a command on this host. A process started so is killed with
    /// the laboratory.
    ///
    /// @param command the program and its arguments
    /// @return a builder whose command is wrapped in `ip netns exec`
    public ProcessBuilder exec(List<String> command) {
        return new ProcessBuilder(wrapped(command));
    }

    /// Returns a process builder for a command on this host.
    ///
    /// @param command the program and its arguments
    /// @return a builder whose command is wrapped in `ip netns exec`
    public ProcessBuilder exec(String... command) {
        return exec(List.of(command));
    }

    /// Runs a command on this host to its end.
    ///
    /// @param command the program and its arguments
    /// @return what it wrote
    /// @throws LaboratoryException if it cannot be started, fails, or takes longer than a minute
    public String run(String... command) {
        return HostCommand.run(wrapped(List.of(command)));
    }

    /// Runs a command on this host to its end; a bad exit code is a result.
    ///
    /// @param command the program and its arguments
    /// @return the exit code and the output
    /// @throws LaboratoryException if it cannot be started, or takes longer than a minute
    public HostCommand.Result attempt(String... command) {
        return HostCommand.attempt(wrapped(List.of(command)), "");
    }

    /// Returns the command line that runs a command on this host, for programs which start
    /// processes themselves.
    ///
    /// @param command the program and its arguments
    /// @return `ip netns exec NAME command...`
    public List<String> wrapped(List<String> command) {
        var all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        return all;
    }

    void create() {
        HostCommand.run(List.of("ip", "netns", "add", name));
    }

    /// Gives this host names for addresses: `ip netns exec` puts the file in the place of
    /// `/etc/hosts`.
    void knowHosts(String lines) {
        try {
            Files.createDirectories(ownFiles());
            Files.writeString(ownFiles().resolve("hosts"), lines);
        } catch (IOException e) {
            throw new LaboratoryException("cannot write below " + ownFiles(), e);
        }
    }

    private Path ownFiles() {
        return Path.of("/etc/netns", name);
    }

    /// Runs lines of `ip` (without the word `ip`) in this namespace.
    void configure(String ipLines) {
        HostCommand.run(List.of("ip", "-n", name, "-batch", "-"), ipLines);
    }

    void loadRules(String ruleset) {
        HostCommand.run(wrapped(List.of("nft", "-f", "-")), ruleset);
    }

    /// Waits until every link is up: the kernel tells IPv6 so up to a second late.
    void awaitLinks() {
        for (var attempt = 0; attempt < LINK_ATTEMPTS; attempt++) {
            var links = HostCommand.run(List.of("ip", "-n", name, "-o", "link", "show"));
            if (links.lines()
                    .allMatch(line -> line.contains("LOOPBACK") || line.contains("state UP"))) {
                return;
            }
            LockSupport.parkNanos(LINK_PAUSE.toNanos());
        }
        throw new LaboratoryException("the links of " + name + " do not come up");
    }

    /// Kills what still runs in this namespace and removes it; one that is gone already is fine.
    ///
    /// A namespace that is busy, with a process just starting in it, is tried again.
    void destroy() {
        for (var attempt = 0; attempt < DESTROY_ATTEMPTS && exists(); attempt++) {
            if (attempt > 0) {
                LockSupport.parkNanos(LINK_PAUSE.toNanos());
            }
            killProcesses();
            HostCommand.attempt(List.of("ip", "netns", "del", name), "");
        }
        try {
            Files.deleteIfExists(ownFiles().resolve("hosts"));
            Files.deleteIfExists(ownFiles());
        } catch (IOException e) {
            throw new LaboratoryException("cannot delete " + ownFiles(), e);
        }
    }

    boolean exists() {
        return Files.exists(Path.of("/run/netns", name));
    }

    private void killProcesses() {
        var pids = HostCommand.attempt(List.of("ip", "netns", "pids", name), "");
        if (pids.exitCode() == 0) {
            pids.output()
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .map(Long::valueOf)
                    .forEach(
                            pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        }
    }
}
