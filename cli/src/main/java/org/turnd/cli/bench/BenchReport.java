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

    private final List<Figure> figures = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private boolean isGood = true;

    /// One figure.
    ///
    /// @param key for programs
    /// @param name for people
    /// @param unit empty for counts and words
    private record Figure(String key, String name, Object value, String unit) {}

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
        add("receivedPerSecond", "received", counts.received() * 1e9 / sent.nanos(), "packets/s");
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
        var cpu = round.serverCpuNanos();
        if (cpu != null && counts.relayed() > 0) {
            add(
                    "serverCpuMicrosPerPacket",
                    "server CPU per relayed packet",
                    cpu / NANOS_PER_MICRO / counts.relayed(),
                    "us");
        }
        add("serverCores", "server CPU", round.serverCores(), "cores");
        add("benchCores", "bench CPU", round.ownCores(), "cores");
        add("limitedByBench", "limited by the bench", round.isLimitedByBench(), "");
        judge(round);
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
        remarks.forEach(remark -> text.append(remark).append(System.lineSeparator()));
        return text.toString();
    }

    /// Returns a JSON object. Names say the units.
    String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("good", isGood);
        figures.forEach(figure -> map.put(figure.key(), figure.value()));
        map.put("remarks", remarks);
        return ConfigValueFactory.fromMap(map)
                .render(ConfigRenderOptions.concise().setFormatted(true))
                .stripTrailing();
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
