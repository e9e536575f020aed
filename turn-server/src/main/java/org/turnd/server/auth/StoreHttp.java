package org.turnd.server.auth;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/// HTTP as stores need it: no redirects, answers of bounded length and in bounded time. Safe on
/// every thread; blocks.
final class StoreHttp implements AutoCloseable {
    private final String store;
    private final HttpClient client;
    private final Duration timeout;

    /// @param store the name of the store, for failures
    /// @param timeout for the connection and for the answer
    /// @param tls whom certificates must be from
    StoreHttp(String store, Duration timeout, SSLContext tls) {
        this.store = store;
        this.timeout = timeout;
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(timeout)
                        .sslContext(tls)
                        .build();
    }

    /// Sends a request and returns the answer, whatever its status.
    ///
    /// @param bytesMax a longer body is a failure
    HttpResponse<byte[]> send(HttpRequest.Builder request, int bytesMax) throws StoreFailure {
        HttpRequest timed = request.timeout(timeout).header("User-Agent", "turnd").build();
        try {
            return client.send(timed, BodyHandlers.limiting(BodyHandlers.ofByteArray(), bytesMax));
        } catch (IOException e) {
            throw new StoreFailure(
                    "%s: no answer of %s: %s".formatted(store, timed.uri().getHost(), e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreFailure(store + " was not waited for", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
