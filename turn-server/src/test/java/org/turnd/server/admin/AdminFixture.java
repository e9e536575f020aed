package org.turnd.server.admin;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.turnd.server.TurnServer;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;

/// A real server with its admin API at a TCP port and a Unix socket, and a client that sends what
/// no library would.
public final class AdminFixture implements AutoCloseable {
    /// The operator's.
    public static final String TOKEN = "operators-token-7f2d";

    static final String APPLICATION_TOKEN = "applications-token-91";
    static final String ORIGIN = "https://app.example.org";
    static final Secret SECRET = new Secret("a-secret-of-this-test");
    static final Secret SECOND_SECRET = new Secret("another-secret-of-it");
    static final int PER_MINUTE = 5;

    private static final int PATIENCE_MILLIS = 15_000;

    final AtomicLong nanos = new AtomicLong();

    /// What is looked after.
    public final TurnServer server;

    final FakeDaemon daemon;
    final AdminServer admin;
    final Path socket;

    private final PublishedApi published;

    /// An answer as it came.
    public record Answer(int status, String head, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }
    }

    /// Starts both.
    ///
    /// @param directory for the socket
    public AdminFixture(Path directory) throws Exception {
        this(directory, AdminServer.CONNECTION_SECONDS_MAX);
    }

    /// @param connectionSecondsMax of every connection, from opening to closing
    AdminFixture(Path directory, int connectionSecondsMax) throws Exception {
        ServerSettings settings = settings(List.of(SECRET, SECOND_SECRET));
        server = TurnServer.start(settings);
        daemon = new FakeDaemon(server, settings);
        socket = directory.resolve("admin.sock");
        var adminSettings =
                new AdminSettings(
                        List.of(TestSettings.address("127.0.0.1", 0)),
                        socket,
                        new Secret(TOKEN),
                        List.of(new Secret(APPLICATION_TOKEN)),
                        List.of(ORIGIN),
                        List.of("turn-admin.example.org"),
                        List.of(),
                        Duration.ofHours(1),
                        Duration.ofHours(2),
                        PER_MINUTE);
        admin =
                AdminServer.start(
                        daemon,
                        adminSettings,
                        InstantSource.system(),
                        nanos::get,
                        connectionSecondsMax);
        published = new PublishedApi(raw(request("GET", "/openapi.json", "")).json());
    }

    static ServerSettings settings(List<Secret> secrets) {
        User user = User.of(TestSettings.USER, TestSettings.REALM, TestSettings.PASSWORD);
        return new TestSettings()
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .auth(users -> new Auth(secrets, List.of(user), Duration.ofMinutes(10)))
                .build();
    }

    TestClient client() throws IOException {
        return TestClient.udp(server.listeners().getFirst().address());
    }

    Answer get(String target) throws IOException {
        return ask("GET", target, "");
    }

    /// Asks as an operator does, over TCP.
    Answer ask(String method, String target, String body) throws IOException {
        return ask(method, target, body, "Authorization: Bearer " + TOKEN);
    }

    Answer ask(String method, String target, String body, String... headers) throws IOException {
        Answer answer = raw(request(method, target, body, headers));
        published.check(method, target, answer);
        return answer;
    }

    /// A request to `localhost`, as text.
    public static String request(String method, String target, String body, String... headers) {
        var text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            text.append("Content-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }

    /// Sends exactly these bytes over TCP, and returns all that comes until the server closes.
    public Answer raw(String bytes) throws IOException {
        try (Socket tcp = connect()) {
            OutputStream out = tcp.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return answer(tcp.getInputStream().readAllBytes());
        }
    }

    Socket connect() throws IOException {
        var tcp =
                new Socket(InetAddress.ofLiteral("127.0.0.1"), admin.addresses().getFirst().port());
        tcp.setSoTimeout(PATIENCE_MILLIS);
        return tcp;
    }

    /// Sends exactly these bytes to the Unix socket.
    public Answer rawUnix(String bytes) throws IOException {
        try (SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            unix.connect(UnixDomainSocketAddress.of(socket));
            unix.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
            var all = ByteBuffer.allocate(1 << 20);
            while (unix.read(all) >= 0) {
                // until the server closes
            }
            all.flip();
            byte[] got = new byte[all.remaining()];
            all.get(got);
            return answer(got);
        }
    }

    private static Answer answer(byte... bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (!text.startsWith("HTTP/1.1 ") || end < 0) {
            return new Answer(0, text, "");
        }
        return new Answer(
                Integer.parseInt(text.substring(9, 12)),
                text.substring(0, end + 2),
                text.substring(end + 4));
    }

    @Override
    public void close() {
        admin.close();
        server.close();
    }
}
