package org.turnd.cli.bench;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// A report as one HTML file that needs nothing else: the figures as JSON, and uPlot, which draws
/// them in the browser.
final class HtmlReport {
    private static final String LIBRARY = "/META-INF/resources/webjars/uplot/1.6.30/";
    private static final String TEMPLATE = "report.html";
    private static final int TICKS_PER_HALF_DISTANCE = 5;

    private HtmlReport() {}

    /// Returns the page.
    ///
    /// @param data what the template's script draws
    static String of(Map<String, Object> data) {
        var json = ConfigValueFactory.fromMap(data).render(ConfigRenderOptions.concise());
        var licence = "/*\n" + text(LIBRARY + "LICENSE") + "*/\n";
        return text(TEMPLATE)
                .replace("/*STYLE*/", licence + text(LIBRARY + "dist/uPlot.min.css"))
                .replace("/*LIBRARY*/", licence + text(LIBRARY + "dist/uPlot.iife.min.js"))
                // Nothing that a server says of itself may end the script element.
                .replace("/*DATA*/", json.replace("<", "\\u003c"));
    }

    /// Returns the points of a percentile curve, closer together towards 100.
    static List<Map<String, Object>> percentiles(Histogram nanos) {
        var points = new ArrayList<Map<String, Object>>();
        for (var value : nanos.percentiles(TICKS_PER_HALF_DISTANCE)) {
            points.add(
                    Map.of(
                            "percent",
                            value.getPercentileLevelIteratedTo(),
                            "micros",
                            value.getValueIteratedTo() / 1e3));
        }
        return points;
    }

    private static String text(String resource) {
        try (var stream = HtmlReport.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new FileNotFoundException(resource);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("every turnd comes with it", e);
        }
    }
}
