package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `turnd top`.
@Command(
        name = "top",
        description = {
            "Shows the sessions of a running server and their traffic, until you press q.",
            "r, b, p, u and a sort by rate, bytes, packets, user and age."
        })
public final class TopCommand extends AdminCommand {
    private static final Map<Character, TopView.Order> KEYS =
            Map.of(
                    'r', TopView.Order.RATE,
                    'b', TopView.Order.BYTES,
                    'p', TopView.Order.PACKETS,
                    'u', TopView.Order.USER,
                    'a', TopView.Order.AGE);
    private static final String KEYS_LINE =
            "q quit   sort: r rate  b bytes  p packets  u user  a age";
    private static final int HEAD_LINES = 3;
    private static final int ROWS_WITHOUT_TERMINAL = 1000;

    @Option(
            names = "--once",
            description = "Prints one measurement as plain text and ends; for scripts.")
    private boolean isOnce;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How long to measure. Default: 2.")
    private double intervalSeconds;

    @Option(
            names = "--sort",
            paramLabel = "KEY",
            defaultValue = "rate",
            description = "rate, bytes, packets, user or age. Default: rate.")
    private TopView.Order order;

    @Option(names = "--user", paramLabel = "NAME", description = "Only this user name or id.")
    private @Nullable String user;

    /// Made by Picocli.
    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    public TopCommand() {}

    @Override
    void run(AdminClient client) throws IOException {
        if (!(intervalSeconds >= 0.1 && intervalSeconds <= 3600)) {
            throw new ParameterException(spec.commandLine(), "--interval: expected 0.1 to 3600");
        }
        TopView.Sample before = sample(client);
        if (isOnce || target.isJson) {
            once(client, before);
            return;
        }
        try (Terminal terminal =
                TerminalBuilder.builder().name("turnd top").system(true).dumb(false).build()) {
            watch(client, before, terminal);
        } catch (IllegalStateException noTerminal) {
            throw new IOException("this is no terminal; see turnd top --once", noTerminal);
        }
    }

    private TopView.Sample sample(AdminClient client) throws IOException {
        String filter = user == null ? "" : "&user=" + AdminClient.encoded(user);
        JsonObject sessions = client.ask("GET", "/v1/sessions?limit=10000" + filter);
        return new TopView.Sample(Instant.now(), client.ask("GET", "/v1/health"), sessions);
    }

    private void once(AdminClient client, TopView.Sample before) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(interval().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        TopView.Sample now = sample(client);
        print(now.sessions(), new TopView(before, now).lines(order, ROWS_WITHOUT_TERMINAL));
    }

    private Duration interval() {
        return Duration.ofMillis((long) (intervalSeconds * 1000));
    }

    private void watch(AdminClient client, TopView.Sample first, Terminal terminal)
            throws IOException {
        Attributes normal = terminal.enterRawMode();
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        try {
            TopView.Sample before = first;
            TopView.Sample now = first;
            Instant next = Instant.now().plus(interval());
            while (true) {
                draw(terminal, new TopView(before, now));
                int key = keyUntil(terminal.reader(), next);
                if (key == 'q' || key == 3 || key == NonBlockingReader.EOF) {
                    return;
                }
                TopView.Order wanted = KEYS.get((char) key);
                if (wanted != null) {
                    order = wanted;
                }
                if (key == NonBlockingReader.READ_EXPIRED) {
                    before = now;
                    now = sample(client);
                    next = Instant.now().plus(interval());
                }
            }
        } finally {
            terminal.puts(Capability.cursor_normal);
            terminal.puts(Capability.exit_ca_mode);
            terminal.setAttributes(normal);
            terminal.flush();
        }
    }

    private static int keyUntil(NonBlockingReader keys, Instant time) throws IOException {
        long millis = Duration.between(Instant.now(), time).toMillis();
        return millis <= 0 ? NonBlockingReader.READ_EXPIRED : keys.read(millis);
    }

    private void draw(Terminal terminal, TopView view) {
        int columns = Math.max(20, terminal.getWidth());
        int rows = Math.max(HEAD_LINES + 2, terminal.getHeight());
        List<String> lines = view.lines(order, rows - HEAD_LINES - 1);
        terminal.puts(Capability.cursor_home);
        for (String line : lines) {
            terminal.writer().print(line.substring(0, Math.min(columns, line.length())));
            terminal.puts(Capability.clr_eol);
            terminal.writer().print("\n");
        }
        String foot = KEYS_LINE + "   now: " + order.name().toLowerCase(Locale.ROOT);
        terminal.writer().print(foot.substring(0, Math.min(columns - 1, foot.length())));
        terminal.puts(Capability.clr_eos);
        terminal.flush();
    }
}
