package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.admin.AdminFixture;

/// The admin port behind a proxy that reads requests otherwise than it does, at its TCP listener
/// and at its Unix socket. What follows the first request would drain the server; it must never be
/// carried out, whoever sends it with whatever token.
@Timeout(60)
class AdminSmugglingTest {
    private static final String OPERATOR = "Authorization: Bearer " + AdminFixture.TOKEN;
    private static final String SMUGGLED = AdminFixture.request("PUT", "/v1/drain", "", OPERATOR);
    private static final String LINE = "GET /v1/health HTTP/1.1|Host: localhost|" + OPERATOR;

    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private AdminFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new AdminFixture(directory);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /// Both kinds of listeners answer once at most, and do nothing.
    private List<AdminFixture.Answer> ask(String request) throws Exception {
        String bytes = request.replace("|", "\r\n") + SMUGGLED;
        var answers = List.of(fixture.raw(bytes), fixture.rawUnix(bytes));
        for (AdminFixture.Answer answer : answers) {
            assertFalse(answer.body().contains("HTTP/1."), answer::body);
        }
        assertFalse(fixture.server.isDraining(), request);
        return answers;
    }

    /// `|` is the end of a line.
    @ParameterizedTest
    @ValueSource(
            strings = {
                // a length and chunks
                LINE + "|Content-Length: 5|Transfer-Encoding: chunked||0||",
                LINE + "|Transfer-Encoding: chunked|Content-Length: 0||0||",
                // two lengths
                LINE + "|Content-Length: 0|Content-Length: 120||",
                LINE + "|Content-Length: 0, 120||",
                // the size of a chunk overflows
                LINE + "|Transfer-Encoding: chunked||100000000||",
                LINE + "|Transfer-Encoding: chunked||ffffffffffffffff||",
                LINE + "|Transfer-Encoding: chunked||-1||",
                // a line that goes on
                LINE + "|X: y| Transfer-Encoding: chunked||",
                LINE + "|Content-Length:| 120||",
                // lines that end with a line feed, or a carriage return
                "GET /v1/health HTTP/1.1\nHost: localhost\n\n",
                LINE + "|X: y\nContent-Length: 120||",
                LINE + "|X: y\rContent-Length: 120||",
                // other ways to hide a coding or a length
                LINE + "|Transfer-Encoding : chunked||",
                LINE + "|Transfer-Encoding: \u000bchunked||",
                LINE + "|Content-Length: 1e1||",
                LINE + "|Content-Length: 99999999999999999999||",
                // a target that names another host
                "GET http://internal.example.net/v1/health HTTP/1.1|Host: localhost||",
                "GET http://localhost/v1/health HTTP/1.1|Host: internal.example.net||",
            })
    void ambiguousRequests(String request) throws Exception {
        for (AdminFixture.Answer answer : ask(request)) {
            assertNotEquals(200, answer.status(), answer::body);
        }
    }

    @Test
    void hugeHeaders() throws Exception {
        String many = "|X: y".repeat(4000);
        for (String header : List.of("|X: " + "y".repeat(100_000), many)) {
            for (AdminFixture.Answer answer : ask(LINE + header + "||")) {
                assertNotEquals(200, answer.status());
            }
        }
    }

    @Test
    void pipelinedRequests() throws Exception {
        for (AdminFixture.Answer answer : ask(LINE + "||")) {
            assertEquals(200, answer.status());
        }
    }

    /// A body may hold what looks like a request.
    @Test
    void aRequestWithinABody() throws Exception {
        String body = "|Content-Length: " + SMUGGLED.length() + "||";
        for (AdminFixture.Answer answer : ask(LINE + body)) {
            assertEquals(400, answer.status());
        }
    }
}
