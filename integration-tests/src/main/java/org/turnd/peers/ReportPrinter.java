package org.turnd.peers;

import com.google.gson.GsonBuilder;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.turnd.peers.call.CallReport;

/// Reports of calls for people and for programs.
final class ReportPrinter {
    private final PrintWriter out;

    ReportPrinter(PrintWriter out) {
        this.out = out;
    }

    void json(Object report) {
        out.println(
                new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(report));
        out.flush();
    }

    /// One line for each call.
    void table(List<CallReport> reports) {
        var row = "%5s  %-7s  %-28s  %-28s  %8s  %8s  %s%n";
        out.printf(
                row, "call", "verdict", "a", "b", "connect", "restart", "media received by a / b");
        for (var index = 0; index < reports.size(); index++) {
            var report = reports.get(index);
            out.printf(
                    row,
                    index + 1,
                    report.good() ? "good" : "FAILED",
                    candidate(report.a()),
                    candidate(report.b()),
                    report.connectMillis() + " ms",
                    report.restartMillis() + " ms",
                    media(report.a()) + " / " + media(report.b()));
            printFailure(report);
        }
        var good = reports.stream().filter(CallReport::good).count();
        out.printf("%d of %d calls were good%n", good, reports.size());
        out.flush();
    }

    /// One call at length.
    void details(CallReport report) {
        end("a", report.a());
        end("b", report.b());
        if (report.connectMillis() > 0) {
            out.printf("connected in %d ms%n", report.connectMillis());
            out.printf("met %s%n", report.relayed() ? "through a relay" : "directly");
        }
        if (report.fileBytes() > 0) {
            var kibibytes = report.fileBytes() / 1024;
            out.printf("%d KiB sent each way, SHA-256 equal%n", kibibytes);
        }
        if (report.restartMillis() > 0) {
            out.printf("ICE restarted in %d ms%n", report.restartMillis());
        }
        out.println(report.good() ? "verdict: good" : "verdict: FAILED");
        printFailure(report);
        out.flush();
    }

    private void end(String name, CallReport.End end) {
        var pair = end.pair();
        out.printf(
                "peer %s: %s -> %s%n",
                name,
                candidate(end),
                pair == null ? "nobody" : pair.remoteType() + " " + pair.remoteAddress());
        out.printf("        received %s%n", media(end));
        out.printf("        candidates %s%n", counted(end.candidates()));
        end.errors().forEach(error -> out.printf("        refused: %s%n", error));
    }

    private void printFailure(CallReport report) {
        if (!report.good()) {
            out.printf("       %s%n", report.failure());
        }
    }

    private static String candidate(CallReport.End end) {
        var pair = end.pair();
        if (pair == null) {
            return "none";
        }
        var relay = pair.relayProtocol().isEmpty() ? "" : "/" + pair.relayProtocol();
        return pair.localType() + relay + " " + pair.localAddress();
    }

    private static String media(CallReport.End end) {
        var seen = end.measurement();
        if (seen == null) {
            return "nothing";
        }
        var frames =
                seen.videoFramesDecoded().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining("+"));
        return String.format(
                Locale.ROOT, "%s frames, %d audio packets", frames, seen.audioPackets());
    }

    private static String counted(List<String> names) {
        return names.stream()
                .distinct()
                .map(name -> names.stream().filter(name::equals).count() + " " + name)
                .collect(Collectors.joining(", "));
    }
}
