package org.turnd.server.auth;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.server.config.WebhookSettings;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// Users of a service of the operator's: each is asked for with a POST of `{"username", "realm"}`.
/// 200 tells a `password`, or a `key` and a `sha-256-key`; 404 says that there is no such user;
/// everything else is a failure.
final class WebhookStore implements UserStore {
    /// Longer answers are none.
    static final int ANSWER_BYTES_MAX = 8 << 10;

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final String HMAC = "HmacSHA256";

    private final WebhookSettings settings;
    private final StoreHttp http;
    private final InstantSource clock;
    private final Gson gson = new Gson();

    /// @param clock the time that signatures carry
    /// @param tls whom the service's certificate must be from
    WebhookStore(WebhookSettings settings, Bounds bounds, InstantSource clock, SSLContext tls) {
        this.settings = settings;
        this.clock = clock;
        http = new StoreHttp(name(), bounds.timeout(), tls);
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public @Nullable StoredUser find(String username, String realm) throws StoreFailure {
        HttpResponse<byte[]> answer = http.send(request(username, realm), ANSWER_BYTES_MAX);
        return switch (answer.statusCode()) {
            case OK -> user(username, realm, answer.body());
            case NOT_FOUND -> null;
            default -> throw new StoreFailure("webhook: answered " + answer.statusCode());
        };
    }

    private HttpRequest.Builder request(String username, String realm) throws StoreFailure {
        var question = new JsonObject();
        question.addProperty("username", username);
        question.addProperty("realm", realm);
        byte[] body = gson.toJson(question).getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(settings.url())
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofByteArray(body));
        Secret token = settings.token();
        if (token != null) {
            request.header("Authorization", "Bearer " + token.value());
        }
        Secret secret = settings.signingSecret();
        if (secret != null) {
            // The time is signed as well, so that nobody can send an old question again.
            String time = Long.toString(clock.instant().getEpochSecond());
            request.header("Turnd-Timestamp", time);
            request.header("Turnd-Signature", "sha256=" + signature(secret, time, body));
        }
        return request;
    }

    private static String signature(Secret secret, String time, byte[] body) throws StoreFailure {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), HMAC));
            mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new StoreFailure("webhook: questions can't be signed", e);
        }
    }

    /// Reads the service's answer.
    StoredUser user(String username, String realm, byte[] body) throws StoreFailure {
        JsonObject answer;
        try {
            answer = gson.fromJson(new String(body, StandardCharsets.UTF_8), JsonObject.class);
        } catch (JsonParseException e) {
            throw new StoreFailure("webhook: the answer is no JSON object", e);
        }
        String password = answer == null ? null : text(answer, "password");
        String md5 = answer == null ? null : text(answer, "key");
        String sha256 = answer == null ? null : text(answer, "sha-256-key");
        if (answer == null || (password == null && md5 == null && sha256 == null)) {
            throw StoreFailure.ofOneUser("webhook: the answer has neither a password nor a key");
        }
        StoredUser user =
                password == null
                        ? new StoredUser(
                                keys(md5, KeyAlgorithm.MD5),
                                keys(sha256, KeyAlgorithm.SHA_256),
                                null)
                        : StoredUser.ofPassword(username, realm, password);
        String end = text(answer, "valid-until");
        return end == null ? user : user.until(instant(end));
    }

    private static @Nullable String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value == null || !value.isJsonPrimitive() ? null : value.getAsString();
    }

    private static List<IntegrityKey> keys(@Nullable String text, KeyAlgorithm algorithm)
            throws StoreFailure {
        if (text == null) {
            return List.of();
        }
        try {
            return List.of(StoredUser.key(algorithm, HexFormat.of().parseHex(text)));
        } catch (IllegalArgumentException e) {
            throw StoreFailure.ofOneUser("webhook: the key of a user is not hexadecimal");
        }
    }

    private static Instant instant(String text) throws StoreFailure {
        try {
            return Instant.ofEpochSecond(Long.parseLong(text));
        } catch (NumberFormatException | DateTimeException e) {
            throw StoreFailure.ofOneUser("webhook: valid-until is no number of seconds");
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
