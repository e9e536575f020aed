package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What `turnd top` shows: the sessions of one moment, and what they did since the moment before.
final class TopView {
    /// What comes first.
    enum Order {
        /// The most bytes a second.
        RATE,
        /// The most bytes.
        BYTES,
        /// The most packets a second.
        PACKETS,
        USER,
        /// The oldest.
        AGE
    }

    /// One moment of a server.
    ///
    /// @param health as `/v1/health` gives it
    /// @param sessions as `/v1/sessions` gives it
    record Sample(Instant time, JsonObject health, JsonObject sessions) {}

    private record Row(JsonObject session, double bytes, double packets, long allBytes) {}

    private final Sample now;
    private final List<Row> rows = new ArrayList<>();
    private final double seconds;

    /// @param before an earlier moment; a session that wasn't there then has done it all since
    TopView(Sample before, Sample now) {
        this.now = now;
        seconds = Math.max(1, Duration.between(before.time(), now.time()).toMillis()) / 1000.0;
        Map<String, JsonObject> earlier = new HashMap<>();
        AdminCommand.objects(before.sessions(), "sessions")
                .forEach(session -> earlier.put(AdminCommand.text(session, "id"), session));
        for (JsonObject session : AdminCommand.objects(now.sessions(), "sessions")) {
            JsonObject old = earlier.get(AdminCommand.text(session, "id"));
            long bytes = bytes(session);
            rows.add(
                    new Row(
                            session,
                            (bytes - (old == null ? 0 : bytes(old))) / seconds,
                            (packets(session) - (old == null ? 0 : packets(old))) / seconds,
                            bytes));
        }
    }

    private static long bytes(JsonObject session) {
        return AdminCommand.number(session, "bytes_to_peers")
                + AdminCommand.number(session, "bytes_to_client");
    }

    private static long packets(JsonObject session) {
        return AdminCommand.number(session, "packets_to_peers")
                + AdminCommand.number(session, "packets_to_client");
    }

    /// The head, an empty line and a table.
    ///
    /// @param rowsMax sessions to show at most
    List<String> lines(Order order, int rowsMax) {
        List<String> lines = new ArrayList<>();
        lines.add(head());
        troubles("stuck").forEach(one -> lines.add("stuck: " + one));
        troubles("degraded").forEach(one -> lines.add("degraded: " + one));
        int rowsLeft = rowsMax - (lines.size() - 1);
        lines.add("");
        var columns =
                new Columns(
                        "ID",
                        "USER",
                        "OVER",
                        "CLIENT",
                        "BIT/S",
                        "PACKETS/S",
                        "BYTES",
                        "PEERS",
                        "AGE");
        rows.stream()
                .sorted(comparator(order))
                .limit(Math.max(0, rowsLeft))
                .forEach(row ->
                        columns.row(
                                AdminCommand.text(row.session, "id"),
                                AdminCommand.text(row.session, "user"),
                                AdminCommand.text(row.session, "transport"),
                                AdminCommand.text(row.session, "client"),
                                Columns.amount(row.bytes * 8),
                                Columns.amount(row.packets),
                                Columns.amount(row.allBytes),
                                AdminCommand.number(row.session, "permissions"),
                                SessionsCommand.age(row.session, now.time())));
        lines.addAll(columns.lines());
        return lines;
    }

    private String head() {
        JsonObject health = now.health();
        return "turnd %s  up %s  %d sessions  %sbit/s  %s packets/s  %s"
                .formatted(
                        Columns.printable(AdminCommand.text(health, "version")),
                        Duration.ofSeconds(AdminCommand.number(health, "uptime_seconds"))
                                .toString()
                                .substring(2)
                                .toLowerCase(Locale.ROOT),
                        AdminCommand.number(now.sessions(), "matched"),
                        Columns.amount(rows.stream().mapToDouble(Row::bytes).sum() * 8),
                        Columns.amount(rows.stream().mapToDouble(Row::packets).sum()),
                        AdminCommand.flag(health, "ready") ? "ready" : missing(health));
    }

    private static String missing(JsonObject health) {
        return "not ready: " + String.join(", ", texts(health, "missing"));
    }

    /// A server of an older version doesn't tell.
    private List<String> troubles(String name) {
        return now.health().has(name) ? texts(now.health(), name) : List.of();
    }

    private static List<String> texts(JsonObject object, String name) {
        return object.getAsJsonArray(name).asList().stream()
                .map(one -> Columns.printable(one.getAsString()))
                .toList();
    }

    private static Comparator<Row> comparator(Order order) {
        Comparator<Row> byId = Comparator.comparing(row -> AdminCommand.text(row.session, "id"));
        return switch (order) {
            case RATE -> Comparator.comparingDouble(Row::bytes).reversed().thenComparing(byId);
            case PACKETS -> Comparator.comparingDouble(Row::packets).reversed().thenComparing(byId);
            case BYTES -> Comparator.comparingLong(Row::allBytes).reversed().thenComparing(byId);
            case USER ->
                    Comparator.comparing((Row row) -> AdminCommand.text(row.session, "user"))
                            .thenComparing(byId);
            case AGE ->
                    Comparator.comparing((Row row) -> AdminCommand.text(row.session, "created"))
                            .thenComparing(byId);
        };
    }
}
