package org.turnd.cli.doctor;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.turnd.cli.doctor.Finding.Severity;
import picocli.CommandLine.Help.Ansi;

/// The findings, for people and for programs.
///
/// @param findings in the order in which they were made
public record DoctorReport(List<Finding> findings) {
    /// Copies the list.
    public DoctorReport {
        findings = List.copyOf(findings);
    }

    /// Says whether nothing stands in the server's way.
    public boolean isGood() {
        return count(Severity.FAILURE) == 0;
    }

    private long count(Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).count();
    }

    /// Returns a line each, and below it what to do.
    public String text(Ansi ansi) {
        var text = new StringBuilder();
        for (var finding : findings) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%s  %-13s  %s%n",
                            mark(finding.severity(), ansi),
                            finding.area(),
                            finding.text()));
            if (finding.fix() != null) {
                text.append(String.format(Locale.ROOT, "%21sfix: %s%n", "", finding.fix()));
            }
        }
        var sum =
                isGood()
                        ? "@|bold " + count(Severity.WARNING) + " to look at, none in the way.|@"
                        : "@|bold,red "
                                + count(Severity.FAILURE)
                                + " in the way, "
                                + count(Severity.WARNING)
                                + " to look at.|@";
        return text.append(ansi.string(sum)).append(System.lineSeparator()).toString();
    }

    private static String mark(Severity severity, Ansi ansi) {
        return switch (severity) {
            case OK -> ansi.string("@|green ok  |@");
            case WARNING -> ansi.string("@|yellow warn|@");
            case FAILURE -> ansi.string("@|bold,red FAIL|@");
        };
    }

    /// Returns one JSON object.
    public String json() {
        return ConfigValueFactory.fromMap(
                        Map.of(
                                "good",
                                isGood(),
                                "findings",
                                findings.stream().map(DoctorReport::json).toList()))
                .render(ConfigRenderOptions.concise().setFormatted(true))
                .stripTrailing();
    }

    private static Map<String, Object> json(Finding finding) {
        var map = new LinkedHashMap<String, Object>();
        map.put("area", finding.area());
        map.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        map.put("text", finding.text());
        if (finding.fix() != null) {
            map.put("fix", finding.fix());
        }
        return map;
    }
}
