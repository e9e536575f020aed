package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.net.TestSettings;
import org.turnd.server.net.Wire;
import org.turnd.server.ops.Liveness;
import org.turnd.server.ops.Metrics;
import org.turnd.server.ops.OpsServer;
import org.turnd.server.ops.Readiness;
import org.turnd.stun.TransportAddress;

/// The operators' HTTP port (CVE-2020-6061, CVE-2020-6062): requests on whose end two servers
/// disagree, and those that broke parsers. Whatever comes, one answer is given at most, and nothing
/// behind it is read as another request.
@Timeout(60)
class HttpSmugglingTest {
    private static final String SMUGGLED = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

    @SuppressWarnings("NullAway.Init") // see start
    private OpsServer server;

    @BeforeEach
    void start() throws Exception {
        server =
                OpsServer.start(
                        TestSettings.address("127.0.0.1", 0),
                        new Metrics("1.2.3"),
                        new Readiness(List.of()),
                        new Liveness());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String ask(String request) throws Exception {
        TransportAddress to = server.address();
        try (var socket = new Socket(to.toInetAddress(), to.port())) {
            socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /// `|` is the end of a line.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /livez HTTP/1.1|Host: x|Content-Length: 0|Transfer-Encoding: chunked||0||",
                "GET /livez HTTP/1.1|Host: x|Content-Length: 36|Transfer-Encoding: chunked||0||",
                "GET /livez HTTP/1.1|Host: x|Content-Length: 0|Content-Length: 36||",
                "GET /livez HTTP/1.1|Host: x|Content-Length: +0||",
                "GET /livez HTTP/1.1|Host: x|Transfer-Encoding: xchunked||0||",
                "GET /livez HTTP/1.1|Host: x|Transfer-Encoding : chunked||0||",
                "GET /livez HTTP/1.1|Host: x|Content-Length: 99999999999999999999||",
                "GET /livez HTTP/1.1|Host: x|Content-Length: -1||",
                "GET /livez HTTP/1.1\nHost: x\nContent-Length: 36\n\n",
                "GET /livez HTTP/1.1|Host: x|X: a| b: c||",
                "GET /livez HTTP/1.1|Host: x||",
                "GET /livez HTTP/1.1||"
            })
    void httpSmuggling(String request) throws Exception {
        String answer = ask(request.replace("|", "\r\n") + SMUGGLED);
        int answers = answer.split("HTTP/1\\.[01] ", -1).length - 1;
        assertTrue(answers <= 1, answer);
        assertFalse(answer.contains("turnd_build_info"), answer);
    }

    @Test
    void garbageAtTheHttpPort() throws Exception {
        for (String garbage :
                List.of("", "\r\n\r\n", "\0\0\0\0", " ".repeat(9000), "GET", "GET ")) {
            assertFalse(ask(garbage).contains("HTTP/1.1 200"), garbage);
        }
        String answer = ask("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
    }
}
