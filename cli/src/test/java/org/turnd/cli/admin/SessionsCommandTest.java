package org.turnd.cli.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.Turnd;

/// What a server says that sessions come and go in while a command is at work.
@Timeout(60)
class SessionsCommandTest {
    @TempDir Path home;

    /// Answers each request by its first line.
    private static final class Api implements AutoCloseable {
        private final ServerSocketChannel listener;
        private final List<String> requests = new CopyOnWriteArrayList<>();
        private final UnaryOperator<String> answers;

        Api(Path socket, UnaryOperator<String> answers) throws IOException {
            this.answers = answers;
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            try {
                while (true) {
                    try (SocketChannel client = listener.accept()) {
                        answer(client);
                    }
                }
            } catch (ClosedChannelException closed) {
                // The test is over.
            } catch (IOException e) {
                throw new AssertionError("the command broke off", e);
            }
        }

        private void answer(SocketChannel client) throws IOException {
            var text = new StringBuilder();
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            while (text.indexOf("\r\n\r\n") < 0 && client.read(bytes.clear()) >= 0) {
                text.append(StandardCharsets.US_ASCII.decode(bytes.flip()));
            }
            String request = text.toString().replaceFirst("(?s) HTTP/1.1.*", "");
            requests.add(request);
            client.write(
                    ByteBuffer.wrap(answers.apply(request).getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @Test
    void killsAllOfAUserAlthoughOneEndsMeanwhile() throws IOException {
        Path socket = home.resolve("api.sock");
        UnaryOperator<String> answers =
                request ->
                        switch (request) {
                            case "GET /v1/sessions?limit=10000&user=bob" ->
                                    "HTTP/1.1 200 OK\r\n\r\n{\"sessions\":[{\"id\":\"0-1\"},"
                                            + "{\"id\":\"0-2\"},{\"id\":\"0-3\"}],\"matched\":3}";
                            case "DELETE /v1/sessions/0-2" ->
                                    "HTTP/1.1 404 Not Found\r\n\r\n{\"detail\":\"it has ended\"}";
                            default -> "HTTP/1.1 204 No Content\r\n\r\n";
                        };
        var out = new StringWriter();
        try (var api = new Api(socket, answers)) {
            int code =
                    Turnd.commandLine()
                            .setOut(new PrintWriter(out))
                            .execute("sessions", "kill", "--user=bob", "--admin=unix:" + socket);
            assertEquals(0, code);
            assertEquals("ended 2\n", out.toString());
            assertEquals("DELETE /v1/sessions/0-3", api.requests.getLast());
        }
    }
}
