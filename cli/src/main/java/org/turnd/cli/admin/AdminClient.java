package org.turnd.cli.admin;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks a server's admin API, at an address or a Unix socket; one connection a request. The JDK's
/// own HTTP client knows no Unix sockets.
public final class AdminClient {
    private static final int PATIENCE_SECONDS = 20;
    private static final int ANSWER_BYTES_MAX = 64 << 20;
    private static final String BLANK_LINE = "\r\n\r\n";

    private final SocketAddress address;
    private final String name;
    private final @Nullable String token;

    private AdminClient(SocketAddress address, String name, @Nullable String token) {
        this.address = address;
        this.name = name;
        this.token = token;
    }

    /// A client of the Unix socket with this path.
    static AdminClient unix(Path socket) {
        return new AdminClient(UnixDomainSocketAddress.of(socket), "unix:" + socket, null);
    }

    /// A client of the API at an address.
    ///
    /// @param token the operator's, null for none
    static AdminClient tcp(InetSocketAddress address, @Nullable String token) {
        String name = address.getHostString() + ":" + address.getPort();
        return new AdminClient(address, name, token);
    }

    /// Encodes a part of a path, or a value of a query.
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// Sends a request without a body.
    ///
    /// @param target path and query
    /// @return the body of the answer, empty when it has none
    /// @throws IOException when the server can't be reached, and [AdminRefusal] when it says no;
    ///   the message says why
    JsonObject ask(String method, String target) throws IOException {
        return ask(method, target, null);
    }

    /// Sends a request.
    ///
    /// @param body null for none
    JsonObject ask(String method, String target, @Nullable JsonObject body) throws IOException {
        var exchanged = new CompletableFuture<byte[]>();
        try (SocketChannel channel = open()) {
            byte[] request = request(method, target, body);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            exchanged.complete(exchange(channel, request));
                        } catch (IOException e) {
                            exchanged.completeExceptionally(e);
                        }
                    });
            return answer(exchanged.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            throw new IOException("no answer from " + name + ": " + reason(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer from " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null ? "it failed" : String.valueOf(cause.getMessage());
    }

    @Override
    public String toString() {
        return name + (token == null ? "" : " with a token");
    }

    private SocketChannel open() throws IOException {
        return address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
    }

    private byte[] request(String method, String target, @Nullable JsonObject body) {
        byte[] bytes =
                body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        if (token != null) {
            head.append("Authorization: Bearer ").append(token).append("\r\n");
        }
        if (bytes.length > 0) {
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(bytes.length)
                    .append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        var request = new ByteArrayOutputStream();
        request.writeBytes(start);
        request.writeBytes(bytes);
        return request.toByteArray();
    }

    private byte[] exchange(SocketChannel channel, byte[] request) throws IOException {
        channel.connect(address);
        ByteBuffer out = ByteBuffer.wrap(request);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        var all = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(1 << 16);
        while (channel.read(in) >= 0) {
            all.write(in.array(), 0, in.position());
            in.clear();
            if (all.size() > ANSWER_BYTES_MAX) {
                throw new IOException("the answer is too long");
            }
        }
        return all.toByteArray();
    }

    private JsonObject answer(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf(BLANK_LINE);
        if (!text.matches("(?s)HTTP/1\\.1 \\d{3} .*") || end < 0) {
            throw new IOException("no admin API answers at " + name);
        }
        int status = Integer.parseInt(text.substring(9, 12));
        String body = text.substring(end + BLANK_LINE.length());
        try {
            JsonObject json =
                    body.isEmpty()
                            ? new JsonObject()
                            : JsonParser.parseString(body).getAsJsonObject();
            if (status >= 300) {
                throw new AdminRefusal(
                        status,
                        json.has("detail")
                                ? Columns.printable(json.get("detail").getAsString())
                                : name + " says " + status);
            }
            return json;
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException("the answer of " + name + " is cut off or no JSON", e);
        }
    }
}
