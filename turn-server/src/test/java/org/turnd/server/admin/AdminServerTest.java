package org.turnd.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.admin.AdminFixture.APPLICATION_TOKEN;
import static org.turnd.server.admin.AdminFixture.ORIGIN;
import static org.turnd.server.admin.AdminFixture.TOKEN;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.turnd.server.admin.AdminFixture.Answer;
import org.turnd.server.config.AdminSettings;

/// What strangers, browsers and broken clients may try at the admin API's door.
@Timeout(60)
class AdminServerTest {
    private static final String OPERATOR = "Authorization: Bearer " + TOKEN;

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                // both lengths, either order
                "Content-Length: 4\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\nContent-Length: 4",
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding:\tchunked",
                "Transfer-Encoding : chunked",
                " Transfer-Encoding: chunked",
                "X: y\n\tTransfer-Encoding: chunked",
                "Transfer-Encoding: gzip, chunked",
                // two lengths
                "Content-Length: 4\nContent-Length: 5",
                "Content-Length: 4\nContent-Length: 4",
                "Content-Length: 4, 4",
                "Content-Length: 4, 5",
                "Content-Length: +4",
                "Content-Length: 0x4",
                "Content-Length: -1",
                "Content-Length:",
                "Content-Length : 4",
                "Content-Length: 99999999999999999999",
                "Content\u0000-Length: 4",
                "NoColon",
                "Expect: 100-continue"
            })
    void aRequestThatCouldMeanTwoThingsMeansNothing(String headers) throws Exception {
        Answer answer =
                fixture.raw(
                        "PUT /v1/drain HTTP/1.1\r\nHost: localhost\r\n"
                                + OPERATOR
                                + "\r\n"
                                + headers.replace("\n", "\r\n")
                                + "\r\n\r\n0\r\n\r\nDELETE /v1/drain HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertTrue(
                answer.status() == 400 || answer.status() == 417,
                () -> answer.head() + answer.body());
        assertFalse(fixture.server.isDraining());
        assertEquals(0, answer.body().split("HTTP/1.1 ", -1).length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /v1/health HTTP/1.0,505",
        "GET /v1/health HTTP/2.0,505",
        "GET /v1/health,400",
        "GET http://localhost/v1/health HTTP/1.1,400",
        "GET * HTTP/1.1,400",
        "CONNECT localhost:1 HTTP/1.1,400",
        "TRACE / HTTP/1.1,404",
        "nonsense,400"
    })
    void takesOnePlainKindOfRequestLine(String line, int status) throws Exception {
        assertEquals(
                status,
                fixture.raw(line + "\r\nHost: localhost\r\n" + OPERATOR + "\r\n\r\n").status());
    }

    @Test
    void aSecondRequestOnAConnectionIsNeverCarriedOut() throws Exception {
        String first = AdminFixture.request("GET", "/v1/health", "", OPERATOR);
        String second = AdminFixture.request("PUT", "/v1/drain", "", OPERATOR);
        Answer answer = fixture.raw(first + second);
        assertEquals(200, answer.status());
        assertFalse(answer.body().contains("HTTP/1.1"));
        assertFalse(fixture.server.isDraining());
    }

    @Test
    void whatIsTooLongIsRefusedWithoutBeingRead() throws Exception {
        assertEquals(414, fixture.get("/" + "a".repeat(5000)).status());
        assertEquals(431, fixture.ask("GET", "/v1/health", "", "X: " + "a".repeat(9000)).status());
        assertEquals(
                413,
                fixture.raw(
                                "PUT /v1/log-level HTTP/1.1\r\nHost: localhost\r\n"
                                        + OPERATOR
                                        + "\r\nContent-Length: 16385\r\n\r\n")
                        .status());
        assertEquals(
                400, fixture.ask("PUT", "/v1/log-level", " ".repeat(16_384), OPERATOR).status());
    }

    @Test
    void slowClientsAreBoundedAndDoNotKeepOthersOut() throws Exception {
        fixture.close();
        fixture = new AdminFixture(directory, 2);
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < AdminServer.CONNECTIONS_MAX - 1; i++) {
                Socket one = fixture.connect();
                one.getOutputStream().write("GET /v1/he".getBytes(StandardCharsets.US_ASCII));
                slow.add(one);
            }
            assertEquals(200, fixture.get("/v1/health").status());
            slow.add(fixture.connect());
            try (Socket tooMany = fixture.connect()) {
                assertEquals(-1, tooMany.getInputStream().read());
            }
            // Each is closed when its time is over, although it has never sent a whole request.
            for (Socket one : slow) {
                assertEquals(-1, one.getInputStream().read());
            }
        } finally {
            for (Socket one : slow) {
                one.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "localhost:8080,200",
        "LOCALHOST,200",
        "127.0.0.1,200",
        "turn-admin.example.org,200",
        "attacker.example.net,421",
        "127.0.0.1.attacker.example.net,421",
        "localhost.attacker.example.net:80,421",
        "127.0.0.2,421",
        "'',421"
    })
    void answersOnlyToItsOwnNames(String host, int status) throws Exception {
        assertEquals(
                status,
                fixture.raw(
                                "GET /v1/health HTTP/1.1\r\nHost: "
                                        + host
                                        + "\r\n"
                                        + OPERATOR
                                        + "\r\n\r\n")
                        .status());
    }

    @Test
    void aRequestHasOneHost() throws Exception {
        assertEquals(
                400, fixture.raw("GET /v1/health HTTP/1.1\r\n" + OPERATOR + "\r\n\r\n").status());
        assertEquals(
                400,
                fixture.ask("GET", "/v1/health", "", OPERATOR, "Host: attacker.example.net")
                        .status());
    }

    @Test
    void wrongTokensAreThrottledAndTheRightOneStillWorks() throws Exception {
        String wrong = "Authorization: Bearer wrong-wrong-wrong-wrong";
        for (int i = 0; i < AccessControl.WRONG_TOKENS_PER_MINUTE; i++) {
            assertEquals(401, fixture.ask("GET", "/v1/health", "", wrong).status());
        }
        assertEquals(429, fixture.ask("GET", "/v1/health", "", wrong).status());
        assertEquals(200, fixture.get("/v1/health").status());
        fixture.nanos.addAndGet(60_000_000_000L);
        assertEquals(401, fixture.ask("GET", "/v1/health", "", wrong).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Basic " + TOKEN,
                "Authorization: " + TOKEN,
                "Authorization: Bearer",
                "Authorization: Bearer ",
                "Authorization: Bearer " + TOKEN + "\r\nAuthorization: Bearer " + TOKEN
            })
    void aTokenHasOneForm(String header) throws Exception {
        Answer answer = fixture.ask("GET", "/v1/health", "", header);
        assertEquals(401, answer.status());
        assertTrue(answer.head().contains("www-authenticate: Bearer"), answer::head);
    }

    @Test
    void pagesOfAnAllowedOriginMayAskForCredentialsAndNothingElse() throws Exception {
        String origin = "Origin: " + ORIGIN;
        Answer preflight =
                fixture.ask(
                        "OPTIONS",
                        "/v1/credentials",
                        "",
                        origin,
                        "Access-Control-Request-Method: POST",
                        "Access-Control-Request-Headers: authorization");
        assertEquals(204, preflight.status());
        assertTrue(
                preflight.head().contains("access-control-allow-origin: " + ORIGIN + "\r\n"),
                preflight::head);
        Answer issued =
                fixture.ask(
                        "POST",
                        "/v1/credentials",
                        "{}",
                        origin,
                        "Authorization: Bearer " + APPLICATION_TOKEN);
        assertEquals(200, issued.status());
        assertTrue(issued.head().contains("access-control-allow-origin: " + ORIGIN), issued::head);
        assertEquals(403, fixture.ask("GET", "/v1/sessions", "", origin, OPERATOR).status());
        assertEquals(
                403,
                fixture.ask(
                                "OPTIONS",
                                "/v1/drain",
                                "",
                                origin,
                                "Access-Control-Request-Method: PUT")
                        .status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example.net",
                "http://app.example.org",
                "https://app.example.org.evil.net",
                "https://app.example.org:8443",
                "null",
                "*"
            })
    void pagesOfOtherOriginsMayNothing(String origin) throws Exception {
        for (String method : List.of("OPTIONS", "POST")) {
            Answer answer =
                    fixture.ask(
                            method,
                            "/v1/credentials",
                            "",
                            "Origin: " + origin,
                            "Access-Control-Request-Method: POST",
                            OPERATOR);
            assertEquals(403, answer.status());
            assertFalse(answer.head().contains("access-control"), answer::head);
        }
    }

    @Test
    void onlyItsOwnerMayUseTheSocket() throws Exception {
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.socket)));
        try (var files = Files.list(directory)) {
            assertEquals(List.of(fixture.socket), files.toList());
        }
        fixture.admin.close();
        assertFalse(Files.exists(fixture.socket));
    }

    @Test
    void theSocketOfALiveServerIsNotTakenAndThatOfADeadOneIs() throws Exception {
        AdminSettings same = AdminSettings.at(fixture.socket);
        var failure =
                assertThrows(IOException.class, () -> AdminServer.start(fixture.daemon, same));
        assertTrue(String.valueOf(failure.getMessage()).contains("another server"));
        assertEquals(200, fixture.rawUnix(AdminFixture.request("GET", "/v1/health", "")).status());

        Path stale = directory.resolve("stale.sock");
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(stale));
        }
        AdminServer.start(fixture.daemon, AdminSettings.at(stale)).close();

        Path file = Files.writeString(directory.resolve("file"), "precious");
        assertThrows(
                IOException.class, () -> AdminServer.start(fixture.daemon, AdminSettings.at(file)));
        assertEquals("precious", Files.readString(file));
    }
}
