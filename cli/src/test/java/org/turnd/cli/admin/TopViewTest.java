package org.turnd.cli.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopViewTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static TopView.Sample sample(int second, String... sessions) {
        JsonObject health =
                JsonParser.parseString(
                                """
                                {"version":"1","uptime_seconds":90,"ready":true,"missing":[]}\
                                """)
                        .getAsJsonObject();
        JsonObject list =
                JsonParser.parseString(
                                "{\"matched\":%d,\"sessions\":[%s]}"
                                        .formatted(sessions.length, String.join(",", sessions)))
                        .getAsJsonObject();
        return new TopView.Sample(START.plusSeconds(second), health, list);
    }

    private static String session(String id, String user, long bytes, long packets) {
        return """
        {"id":"%s","user":"%s","transport":"udp","client":"192.0.2.1:1","permissions":1,
         "created":"2025-12-31T23:59:00Z","bytes_to_peers":%d,"bytes_to_client":0,
         "packets_to_peers":%d,"packets_to_client":0}\
        """
                .formatted(id, user, bytes, packets);
    }

    private static List<String> ids(TopView view, TopView.Order order) {
        return view.lines(order, 10).stream()
                .skip(3)
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    @Test
    void whatDoesNotWorkStandsAboveTheSessions() {
        TopView.Sample now = sample(2, session("0-1", "alice", 1, 1), session("0-2", "bob", 1, 1));
        now.health().add("stuck", JsonParser.parseString("[\"shard 1 has not turned for 12 s\"]"));
        now.health()
                .add("degraded", JsonParser.parseString("[\"store redis: no \\u001b answer\"]"));

        List<String> lines = new TopView(sample(0), now).lines(TopView.Order.RATE, 3);

        assertEquals(
                List.of(
                        "stuck: shard 1 has not turned for 12 s",
                        "degraded: store redis: no ? answer"),
                lines.subList(1, 3));
        assertEquals(6, lines.size(), "one session has room: " + lines);
    }

    @Test
    void ratesAreOfTheTimeBetweenTwoMoments() {
        var view =
                new TopView(
                        sample(0, session("0-1", "alice", 1_000_000, 1000)),
                        sample(
                                2,
                                session("0-1", "alice", 1_000_000, 1000),
                                session("0-2", "bob", 250_000, 4000)));
        assertEquals(List.of("0-2", "0-1"), ids(view, TopView.Order.RATE));
        assertEquals(List.of("0-1", "0-2"), ids(view, TopView.Order.BYTES));
        assertEquals(List.of("0-2", "0-1"), ids(view, TopView.Order.PACKETS));
        assertEquals(List.of("0-1", "0-2"), ids(view, TopView.Order.USER));
        String first = view.lines(TopView.Order.RATE, 10).get(3);
        assertTrue(
                first.contains("1.0M") && first.contains("2.0k") && first.contains("250k"), first);
        assertTrue(view.lines(TopView.Order.RATE, 10).getFirst().contains("2 sessions  1.0Mbit/s"));
        assertEquals(4, view.lines(TopView.Order.RATE, 1).size());
    }

    @Test
    void aUserNameCannotActOnTheTerminal() {
        String evil = "\\u001b]0;x\\u0007\\u009b2J\\u202e";
        TopView.Sample now = sample(0, session("0-1", evil, 1, 1));
        String text = String.join("\n", new TopView(now, now).lines(TopView.Order.USER, 10));
        assertFalse(
                text.chars()
                        .anyMatch(one ->
                                one != '\n' && (Character.isISOControl(one) || one == 0x202e)));
        String json = Columns.json(now.sessions());
        assertFalse(
                json.chars()
                        .anyMatch(one ->
                                one != '\n' && (Character.isISOControl(one) || one == 0x202e)));
        assertEquals(now.sessions(), JsonParser.parseString(json));
    }
}
