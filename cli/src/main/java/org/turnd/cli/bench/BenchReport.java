package org.turnd.cli.bench;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The figures of a run, for people and for programs.
final class BenchReport {
    private static final double NANOS_PER_MICRO = 1e3;

    private static final List<String> STEP_COLUMNS =
            List.of(
                    "askedPerSecond",
                    "receivedPerSecond",
                    "lossPercent",
                    "latencyMicrosP50",
                    "latencyMicrosP99",
                    "latencyMicrosMax",
                    "serverCpuMicrosPerPacket",
                    "serverCores");
    private static final String STEP_HEAD =
            "     asked/s  received/s      loss %      p50 us      p99 us      max us"
                    + "  CPU/packet   CPU cores";

    private final List<Figure> figures = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<Map<String, Object>> steps = new ArrayList<>();
    private List<Map<String, Object>> percentiles = List.of();
    private List<Map<String, Object>> timeline = List.of();
    private boolean isGood = true;

    /// One figure.
    ///
    /// @param key for programs
    /// @param name for people
    /// @param unit empty for counts and words
    private record Figure(String key, String name, Object value, String unit) {
        Map<String, Object> toMap() {
            return Map.of("name", name, "value", value, "unit", unit);
        }
    }

    /// Adds a figure.
    ///
    /// @param value a number or words; what is no number (NaN) is left out
    BenchReport add(String key, String name, Object value, String unit) {
        if (!(value instanceof Double number && !Double.isFinite(number))) {
            figures.add(new Figure(key, name, value, unit));
        }
        return this;
    }

    /// Adds a sentence that the figures should be read with.
    void remark(String sentence) {
        remarks.add(sentence);
    }

    /// Makes the run a failure.
    void failed(String sentence) {
        remarks.add(sentence);
        isGood = false;
    }

    boolean isGood() {
        return isGood;
    }

    /// Adds all figures of a round and what follows from them.
    void add(Round round) {
        var sent = round.sent();
        var counts = round.counts();
        add("askedPerSecond", "asked", round.askedPerSecond(), "packets/s");
        add("sentPerSecond", "sent", sent.packetsPerSecond(), "packets/s");
        add("receivedPerSecond", "received", round.receivedPerSecond(), "packets/s");
        add("sent", "packets sent", sent.packets(), "");
        add("received", "packets received", counts.received(), "");
        add("lost", "lost", counts.lostOf(sent.packets()), "");
        add("lossPercent", "loss", round.lossPercent(), "%");
        add("duplicated", "duplicated", counts.duplicated(), "");
        add("reordered", "reordered", counts.reordered(), "");
        add("corrupted", "corrupted", counts.corrupted(), "");
        add("misdelivered", "misdelivered", counts.misdelivered(), "");
        add("late", "of an earlier round", counts.stale(), "");
        add("forfeited", "due but not sent", sent.forfeited(), "");
        add(round.latencyNanos(), "latency");
        percentiles = HtmlReport.percentiles(round.latencyNanos());
        timeline = round.timeline().stream().map(Round.Sample::figures).toList();
        var control = round.control();
        if (control != null) {
            add("controlRequests", "control requests", control.asked(), "");
            add("controlAnswers", "control answers", control.latencyNanos().getTotalCount(), "");
            add(control.latencyNanos(), "control");
        }
        add(
                "serverCpuMicrosPerPacket",
                "server CPU per relayed packet",
                round.serverCpuMicrosPerPacket(),
                "us");
        add("serverCores", "server CPU", round.serverCores(), "cores");
        add("benchCores", "bench CPU", round.ownCores(), "cores");
        add("limitedByBench", "limited by the bench", round.isLimitedByBench(), "");
        judge(round);
    }

    /// Adds rounds at several rates, in the order in which they were run.
    void addSteps(List<Round> rounds) {
        rounds.forEach(round -> steps.add(step(round)));
        if (rounds.stream().allMatch(round -> round.counts().received() == 0)) {
            failed("No packet came through.");
        }
        if (rounds.stream().anyMatch(r -> !r.isGood() && r.counts().received() > 0)) {
            failed("Packets were corrupted or misdelivered at one of the rates.");
        }
    }

    private static Map<String, Object> step(Round round) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("askedPerSecond", round.askedPerSecond());
        step.put("sentPerSecond", round.sent().packetsPerSecond());
        step.put("receivedPerSecond", round.receivedPerSecond());
        step.put("lossPercent", round.lossPercent());
        step.put("latencyMicrosP50", micros(round.latencyNanos(), 50));
        step.put("latencyMicrosP99", micros(round.latencyNanos(), 99));
        step.put("latencyMicrosP999", micros(round.latencyNanos(), 99.9));
        step.put("latencyMicrosMax", micros(round.latencyNanos(), 100));
        step.put("serverCpuMicrosPerPacket", round.serverCpuMicrosPerPacket());
        step.put("serverCores", round.serverCores());
        step.put("benchCores", round.ownCores());
        var control = round.control();
        if (control != null) {
            step.put("controlMicrosP99", micros(control.latencyNanos(), 99));
        }
        step.put("limitedByBench", round.isLimitedByBench());
        step.values().removeIf(value -> value instanceof Double d && !Double.isFinite(d));
        return step;
    }

    private static double micros(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0
                ? Double.NaN
                : nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }

    private void judge(Round round) {
        if (!round.isSentAsAsked()) {
            remark(
                    "The bench did not reach the rate asked for: it was the bottleneck, not the server.");
        } else if (round.isLimitedByBench()) {
            remark("The server was not busy: the highest rate is the bench's, not the server's.");
        }
        if (round.counts().received() == 0) {
            failed("No packet came through.");
        }
        if (round.counts().corrupted() > 0) {
            failed("Packets came with other bytes than sent.");
        }
        if (round.counts().misdelivered() > 0) {
            failed("Packets came to somebody else.");
        }
    }

    /// Adds percentiles in microseconds.
    void add(Histogram nanos, String name) {
        if (nanos.getTotalCount() == 0) {
            return;
        }
        add(
                name + "MicrosP50",
                name + " p50",
                nanos.getValueAtPercentile(50) / NANOS_PER_MICRO,
                "us");
        add(
                name + "MicrosP99",
                name + " p99",
                nanos.getValueAtPercentile(99) / NANOS_PER_MICRO,
                "us");
        add(
                name + "MicrosP999",
                name + " p99.9",
                nanos.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
                "us");
        add(name + "MicrosMax", name + " max", nanos.getMaxValue() / NANOS_PER_MICRO, "us");
    }

    /// Returns a table with units, each line ended.
    String text() {
        int names = width(figures.stream().map(Figure::name).toList());
        int values =
                width(
                        figures.stream()
                                .filter(figure -> figure.value() instanceof Number)
                                .map(figure -> shown(figure.value()))
                                .toList());
        var text = new StringBuilder();
        for (var figure : figures) {
            var isNumber = figure.value() instanceof Number;
            var format = "%-" + names + "s  %" + (isNumber ? values : "") + "s %s";
            text.append(
                            String.format(
                                            Locale.ROOT,
                                            format,
                                            figure.name(),
                                            shown(figure.value()),
                                            figure.unit())
                                    .stripTrailing())
                    .append(System.lineSeparator());
        }
        if (!steps.isEmpty()) {
            text.append(STEP_HEAD).append(System.lineSeparator());
        }
        steps.forEach(step -> text.append(line(step)).append(System.lineSeparator()));
        remarks.forEach(remark -> text.append(remark).append(System.lineSeparator()));
        return text.toString();
    }

    private static String line(Map<String, Object> step) {
        var line = new StringBuilder();
        for (var column : STEP_COLUMNS) {
            var value = step.get(column);
            line.append(String.format(Locale.ROOT, "%12s", value == null ? "" : shown(value)));
        }
        return line.toString();
    }

    /// Returns a JSON object. Names say the units.
    String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("good", isGood);
        figures.forEach(figure -> map.put(figure.key(), figure.value()));
        if (!steps.isEmpty()) {
            map.put("steps", steps);
        }
        map.put("remarks", remarks);
        return ConfigValueFactory.fromMap(map)
                .render(ConfigRenderOptions.concise().setFormatted(true))
                .stripTrailing();
    }

    /// Returns an HTML page with plots.
    String html() {
        return HtmlReport.of(
                Map.of(
                        "figures",
                        figures.stream().map(Figure::toMap).toList(),
                        "steps",
                        steps,
                        "percentiles",
                        percentiles,
                        "timeline",
                        timeline,
                        "remarks",
                        remarks));
    }

    private static int width(List<String> texts) {
        return Math.max(1, texts.stream().mapToInt(String::length).max().orElse(1));
    }

    private static String shown(Object value) {
        return switch (value) {
            case Double number when Math.abs(number) < 100 ->
                    String.format(Locale.ROOT, "%.3f", number);
            case Double number -> String.format(Locale.ROOT, "%,.0f", number);
            case Integer number -> String.format(Locale.ROOT, "%,d", number);
            case Long number -> String.format(Locale.ROOT, "%,d", number);
            default -> value.toString();
        };
    }
}
