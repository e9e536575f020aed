package org.turnd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Holds the dashboard and the alert rules against what a running server shows.
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class MonitoringFilesTest {
    private static final Path DASHBOARD = Path.of("..", "conf", "grafana", "turnd.json");
    private static final Path RULES = Path.of("..", "conf", "prometheus", "turnd.rules.yml");
    private static final Path RULES_TEST =
            Path.of("src", "test", "prometheus", "turnd.rules.test.yml");

    /// What Prometheus adds to every sample, and makes itself.
    private static final Set<String> PROMETHEUS_LABELS = Set.of("instance", "job");

    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*})? [^ ]+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{ ?\\$?([a-z_.]+)");

    @TempDir private Path home;

    @Test
    void everyMetricAndLabelThatTheyNameExists() throws Exception {
        Map<String, Map<String, Set<String>>> metrics = scrapeOfARunningServer();
        Map<String, String> expressions = new LinkedHashMap<>();
        rules().forEach(rule -> expressions.put(text(rule, "alert"), text(rule, "expr")));
        for (Config target : targets()) {
            expressions.put(target.getString("title"), target.getString("expr"));
        }
        assertTrue(expressions.size() > 50, () -> expressions.size() + " expressions");

        List<String> problems = new ArrayList<>();
        expressions.forEach(
                (where, expression) -> problems.addAll(problems(where, expression, metrics)));

        assertEquals(List.of(), problems);
    }

    @Test
    void whatDoesNotExistIsFound() {
        Map<String, Map<String, Set<String>>> metrics =
                Map.of("turnd_drops_total", Map.of("cause", Set.of("a", "b")));

        assertEquals(
                List.of(),
                problems("x", "rate(turnd_drops_total{cause=~\"a|b\"}[5m]) > 0.5", metrics));
        assertEquals(1, problems("x", "rate(turnd_drop_total[5m])", metrics).size());
        assertEquals(1, problems("x", "turnd_drops_total{reason=\"a\"}", metrics).size());
        assertEquals(1, problems("x", "turnd_drops_total{cause=~\"a|c\"}", metrics).size());
        assertEquals(1, problems("x", "sum by (reason) (turnd_drops_total)", metrics).size());
        assertEquals(2, problems("x", "no_such / turnd_x * 1e9", metrics).size());
    }

    @Test
    void legendsNameLabelsThatAreLeft() {
        List<String> problems = new ArrayList<>();
        for (Config target : targets()) {
            String expression = target.getString("expr");
            Matcher legend = LEGEND.matcher(target.getString("legendFormat"));
            while (legend.find()) {
                boolean isAggregated = expression.contains("sum") || expression.contains("count");
                if (isAggregated && !PromQuery.of(expression).labels().contains(legend.group(1))) {
                    problems.add(target.getString("title") + ": " + legend.group(1));
                }
            }
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void prometheusTakesTheRulesAndTheyFireWhenTheyShould() throws Exception {
        run("promtool", "check", "rules", RULES.toString());
        run("promtool", "test", "rules", RULES_TEST.toString());
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    private static List<String> problems(
            String where, String expression, Map<String, Map<String, Set<String>>> metrics) {
        List<String> problems = new ArrayList<>();
        PromQuery query = PromQuery.of(expression);
        Set<String> left = new HashSet<>(PROMETHEUS_LABELS);
        for (PromQuery.Selector selector : query.selectors()) {
            String metric = selector.metric();
            if (metric.equals("up")) {
                continue;
            }
            Map<String, Set<String>> labels = metrics.get(metric);
            if (labels == null) {
                problems.add(where + ": there is no " + metric);
                continue;
            }
            left.addAll(labels.keySet());
            for (PromQuery.LabelMatcher matcher : selector.matchers()) {
                boolean isKnown =
                        PROMETHEUS_LABELS.contains(matcher.label())
                                || labels.getOrDefault(matcher.label(), Set.of())
                                        .containsAll(matcher.values());
                if (!isKnown) {
                    problems.add(where + ": " + metric + " has no " + matcher);
                }
            }
        }
        query.labels().stream()
                .filter(label -> !left.contains(label))
                .forEach(label -> problems.add(where + ": nothing has the label " + label));
        return problems;
    }

    /// The metrics of a server with a certificate and both address families, and of one with all
    /// that is off by default, with the values of their labels.
    private Map<String, Map<String, Set<String>>> scrapeOfARunningServer() throws Exception {
        Path full = home.resolve("full.conf");
        Files.writeString(
                full,
                """
                listeners { udp = "127.0.0.1:0", tcp = "127.0.0.1:0" }
                relay { ipv4 = "127.0.0.1", ipv6 = none }
                http.address = "127.0.0.1:0"
                log.format = text
                auth.stores.redis.url = "redis://127.0.0.1:1"
                """);
        String page = scrape("Check it with:", "run", "--dev");
        return parsed(page + scrape("INFO  ready", "run", "-c", full.toString()));
    }

    private String scrape(String started, String... arguments) throws Exception {
        try (TurndProcess server = TurndProcess.start(home, Map.of(), arguments);
                HttpClient client = HttpClient.newHttpClient()) {
            server.awaitText(started);
            Matcher address = Pattern.compile("http address=\"([^\"]+)\"").matcher(server.err());
            assertTrue(address.find(), server.err());
            URI uri = URI.create("http://" + address.group(1) + "/metrics");
            return client.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static Map<String, Map<String, Set<String>>> parsed(String page) {
        Map<String, Map<String, Set<String>>> metrics = new HashMap<>();
        for (String line : page.lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                Map<String, Set<String>> labels =
                        metrics.computeIfAbsent(sample.group(1), name -> new HashMap<>());
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    labels.computeIfAbsent(label.group(1), name -> new TreeSet<>())
                            .add(label.group(2));
                }
            }
        }
        return metrics;
    }

    /// Every query of the dashboard, with the title of its panel.
    private static List<Config> targets() {
        Config dashboard =
                ConfigFactory.parseFile(
                        DASHBOARD.toFile(),
                        ConfigParseOptions.defaults()
                                .setAllowMissing(false)
                                .setSyntax(ConfigSyntax.JSON));
        List<Config> targets = new ArrayList<>();
        for (Config panel : dashboard.getConfigList("panels")) {
            if (!panel.getString("type").equals("row")) {
                String title = panel.getString("title");
                for (Config target : panel.getConfigList("targets")) {
                    targets.add(
                            target.withValue(
                                    "title",
                                    ConfigValueFactory.fromAnyRef(
                                            title + " " + target.getString("refId"))));
                }
            }
        }
        return targets;
    }

    private static List<Map<?, ?>> rules() throws Exception {
        var load = new Load(LoadSettings.builder().build());
        Map<?, ?> file = (Map<?, ?>) load.loadFromString(Files.readString(RULES));
        List<Map<?, ?>> rules = new ArrayList<>();
        for (Object group : listIn(file, "groups")) {
            for (Object rule : listIn((Map<?, ?>) group, "rules")) {
                rules.add((Map<?, ?>) rule);
            }
        }
        return rules;
    }

    private static List<?> listIn(Map<?, ?> map, String key) {
        return (List<?>) Objects.requireNonNull(map.get(key), key);
    }

    private static String text(Map<?, ?> rule, String key) {
        return String.valueOf(rule.get(key));
    }
}
