package org.turnd.cli.check;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/// Reports for people, in columns: verdict, step, round-trip times, finding; advice below.
public final class CheckText {
    private final Ansi ansi;

    /// Makes a printer.
    ///
    /// @param ansi whether to use colours
    public CheckText(Ansi ansi) {
        this.ansi = ansi;
    }

    /// Returns the reports and the sum of them, each line ended.
    public String of(List<CheckReport> reports) {
        var text = new StringBuilder();
        for (var report : reports) {
            report(report, text);
        }
        if (reports.stream().flatMap(r -> r.steps().stream()).anyMatch(CheckText::hasSpread)) {
            text.append("Times are the shortest, the median and the longest round trip.")
                    .append(System.lineSeparator());
        }
        text.append(ansi.string(sum(reports)));
        return text.append(System.lineSeparator()).toString();
    }

    private static String sum(List<CheckReport> reports) {
        var failed = reports.stream().filter(report -> !report.isGood()).count();
        if (failed > 0) {
            return "@|bold,red " + failed + " of " + reports.size() + " failed.|@";
        }
        var warnings =
                reports.stream()
                                .flatMap(report -> report.steps().stream())
                                .anyMatch(step -> step.verdict() == CheckStep.Verdict.WARNING)
                        || reports.stream()
                                .flatMap(report -> report.abilities().stream())
                                .anyMatch(ability -> ability.state() == Ability.State.BROKEN);
        return warnings
                ? "@|bold,yellow All good, but look at the warnings.|@"
                : "@|bold,green All good.|@";
    }

    private void report(CheckReport report, StringBuilder text) {
        text.append(ansi.string("@|bold " + report.url() + "|@"));
        if (report.server() != null) {
            text.append(" at ").append(report.server());
        }
        if (!report.software().isEmpty()) {
            text.append(" (").append(printable(report.software())).append(')');
        }
        text.append(System.lineSeparator());
        for (var step : report.steps()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "  %s  %-9s %-24s %s%n",
                            verdict(step.verdict()),
                            step.name(),
                            times(step.roundTrips()),
                            printable(step.finding())));
            step.advice().forEach(advice -> advice(advice, text));
        }
        for (var ability : report.abilities()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "  %s  %-9s %-24s %s%n",
                            mark(ability.state()),
                            ability.name(),
                            ability.state(),
                            printable(ability.finding())));
        }
        text.append(System.lineSeparator());
    }

    private static void advice(Advice advice, StringBuilder text) {
        text.append("        likely  ").append(printable(advice.cause()));
        text.append(System.lineSeparator());
        text.append("        fix     ").append(printable(advice.fix()));
        text.append(System.lineSeparator());
    }

    private String verdict(CheckStep.Verdict verdict) {
        return switch (verdict) {
            case OK -> ansi.string("@|green ok  |@");
            case WARNING -> ansi.string("@|yellow warn|@");
            case FAILED -> ansi.string("@|bold,red FAIL|@");
        };
    }

    private String mark(Ability.State state) {
        return switch (state) {
            case WORKS -> verdict(CheckStep.Verdict.OK);
            case NOT_OFFERED -> "-   ";
            case BROKEN -> verdict(CheckStep.Verdict.WARNING);
        };
    }

    private static boolean hasSpread(CheckStep step) {
        return step.roundTrips() != null && step.roundTrips().answered() > 1;
    }

    private static String times(@Nullable RoundTrips times) {
        if (times == null) {
            return "";
        }
        return (times.answered() == 1
                        ? List.of(times.min())
                        : List.of(times.min(), times.median(), times.max()))
                .stream()
                        .map(CheckText::milliseconds)
                        .collect(Collectors.joining(" / ", "", " ms"));
    }

    private static String milliseconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f", time.toNanos() / 1e6);
    }

    /// What a server says must not steer the terminal.
    private static String printable(String text) {
        return text.codePoints()
                .filter(c -> !Character.isISOControl(c))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
