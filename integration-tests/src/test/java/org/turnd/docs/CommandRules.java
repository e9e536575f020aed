package org.turnd.docs;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `commands.conf` says about commands of the documentation that aren't just run.
final class CommandRules {
    /// About the commands of a page that begin with a text.
    ///
    /// @param exits the exit code that the page's reader gets
    /// @param serves it goes on; the next commands use it, and those that serve too end it
    /// @param before shell lines that the page's reader is supposed to have done
    /// @param instead what is run in its place, because the command as it is never ends
    /// @param notRun why it is only looked at; null when it is run
    record Rule(
            String command,
            int exits,
            boolean serves,
            String before,
            String instead,
            @Nullable String notRun) {}

    private static final Pattern TEST = Pattern.compile("\\b[A-Z]\\w*Test\\b");
    private static final Rule RUN = new Rule("", 0, false, "", "", null);

    private final Map<String, List<Rule>> byPage = new HashMap<>();
    private final Set<Rule> used = new HashSet<>();
    private final Config preparations;

    private CommandRules(Config table) {
        preparations = table.getConfig("prepare");
        for (Config rule : table.getConfigList("rules")) {
            Rule read =
                    new Rule(
                            rule.getString("command"),
                            rule.hasPath("exits") ? rule.getInt("exits") : 0,
                            rule.hasPath("serves"),
                            rule.hasPath("before") ? rule.getString("before") : "",
                            rule.hasPath("instead") ? rule.getString("instead") : "",
                            rule.hasPath("not-run") ? rule.getString("not-run") : null);
            byPage.computeIfAbsent(rule.getString("page"), page -> new ArrayList<>()).add(read);
        }
    }

    static CommandRules read() {
        return new CommandRules(
                ConfigFactory.parseResources(CommandRules.class, "commands.conf").resolve());
    }

    /// The rule for a command; the first that fits.
    Rule of(DocumentedCommand command) {
        for (Rule rule : byPage.getOrDefault(command.page(), List.of())) {
            if (command.text().startsWith(rule.command())) {
                used.add(rule);
                return rule;
            }
        }
        return RUN;
    }

    /// What the reader of a page has done before, as shell lines.
    String preparation(String page) {
        String key = '"' + page + '"';
        return preparations.hasPath(key)
                ? preparations
                        .getString(key)
                        .lines()
                        .map(String::strip)
                        .collect(Collectors.joining("\n"))
                : "";
    }

    /// The tests that stand in for commands that aren't run.
    List<String> namedTests() {
        return byPage.values().stream()
                .flatMap(List::stream)
                .map(rule -> rule.notRun() == null ? "" : rule.notRun())
                .flatMap(reason -> TEST.matcher(reason).results())
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    /// Rules that no command has asked for.
    List<String> unused() {
        return byPage.entrySet().stream()
                .flatMap(page ->
                        page.getValue().stream()
                                .filter(rule -> !used.contains(rule))
                                .map(rule -> page.getKey() + ": " + rule.command()))
                .sorted()
                .toList();
    }
}
