package org.turnd.cli.check;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reports for programs. Times are milliseconds, instants ISO 8601; what is not known is left out.
public final class CheckJson {
    private CheckJson() {}

    /// Returns one JSON object.
    public static String of(List<CheckReport> reports) {
        var good = reports.stream().allMatch(CheckReport::isGood);
        return ConfigValueFactory.fromMap(
                        Map.of(
                                "good",
                                good,
                                "checks",
                                reports.stream().map(CheckJson::report).toList()))
                .render(ConfigRenderOptions.concise().setFormatted(true))
                .stripTrailing();
    }

    private static Map<String, Object> report(CheckReport report) {
        var map = new LinkedHashMap<String, Object>();
        map.put("url", report.url());
        map.put("good", report.isGood());
        if (report.server() != null) {
            map.put("server", report.server().toString());
        }
        if (!report.software().isEmpty()) {
            map.put("software", report.software());
        }
        if (report.mapped() != null) {
            map.put("mapped", report.mapped().toString());
        }
        if (report.relayed() != null) {
            map.put("relayed", report.relayed().toString());
        }
        if (report.tls() != null) {
            map.put("tls", tls(report.tls()));
        }
        map.put("steps", report.steps().stream().map(CheckJson::step).toList());
        map.put("abilities", report.abilities().stream().map(CheckJson::ability).toList());
        return map;
    }

    private static Map<String, Object> tls(TlsFacts tls) {
        return Map.of(
                "protocol", tls.protocol(),
                "cipherSuite", tls.cipherSuite(),
                "alpn", tls.alpn(),
                "trusted", tls.overlooked() == null,
                "certificates",
                        tls.chain().stream()
                                .map(certificate ->
                                        Map.of(
                                                "names",
                                                CertificateNames.of(certificate),
                                                "issuer",
                                                CertificateNames.issuerOf(certificate),
                                                "notBefore",
                                                certificate.getNotBefore().toInstant().toString(),
                                                "notAfter",
                                                certificate.getNotAfter().toInstant().toString()))
                                .toList());
    }

    private static Map<String, Object> step(CheckStep step) {
        var map = new LinkedHashMap<String, Object>();
        map.put("name", step.name());
        map.put("verdict", step.verdict().name().toLowerCase(Locale.ROOT));
        map.put("finding", step.finding());
        var times = step.roundTrips();
        if (times != null) {
            map.put(
                    "roundTrips",
                    Map.of(
                            "sent", times.sent(),
                            "answered", times.answered(),
                            "minMs", milliseconds(times.min()),
                            "medianMs", milliseconds(times.median()),
                            "maxMs", milliseconds(times.max())));
        }
        if (!step.advice().isEmpty()) {
            map.put(
                    "advice",
                    step.advice().stream()
                            .map(advice -> Map.of("cause", advice.cause(), "fix", advice.fix()))
                            .toList());
        }
        return map;
    }

    private static Map<String, Object> ability(Ability ability) {
        return Map.of(
                "name", ability.name(),
                "state", ability.state().name().toLowerCase(Locale.ROOT),
                "finding", ability.finding());
    }

    private static double milliseconds(Duration time) {
        return Math.round(time.toNanos() / 1e3) / 1e3;
    }
}
