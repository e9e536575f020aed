package org.turnd.server.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.turnd.server.Oversight;
import org.turnd.server.auth.SecretFingerprint;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.stun.OpaqueString;
import org.turnd.stun.RestCredential;
import org.turnd.stun.RestCredentials;

/// Time-limited credentials for the users of an application.
final class CredentialRoutes {
    static final String PATH = "/v1/credentials";

    /// With an expiry before it, it stays within RFC 8489 §14.3.
    private static final int USER_BYTES_MAX = 256;

    private final AdminDaemon daemon;
    private final AdminSettings settings;
    private final InstantSource clock;
    private final LongSupplier nanoClock;
    private final List<MinuteAllowance> allowances = new ArrayList<>();

    CredentialRoutes(
            AdminDaemon daemon,
            AdminSettings settings,
            InstantSource clock,
            LongSupplier nanoClock) {
        this.daemon = daemon;
        this.settings = settings;
        this.clock = clock;
        this.nanoClock = nanoClock;
        settings.applicationTokens()
                .forEach(token ->
                        allowances.add(
                                new MinuteAllowance(
                                        settings.credentialsPerMinute(), nanoClock.getAsLong())));
    }

    List<Route> all() {
        return List.of(
                Route.post(
                                PATH,
                                "issueCredentials",
                                "Makes time-limited credentials for a user of an application. An"
                                        + " application's token is good for this alone, and so many"
                                        + " times a minute (admin.credentials-per-minute).",
                                ApiTypes.CREDENTIALS,
                                this::issue)
                        .taking(ApiTypes.CREDENTIALS_REQUEST)
                        .openToApplications());
    }

    private CompletableFuture<Reply> issue(ApiRequest request) throws ApiProblem {
        if (request.access() instanceof Access.Application(int index)
                && !allowances.get(index).take(nanoClock.getAsLong())) {
            throw new ApiProblem(
                    429,
                    "this application has had its %d credentials of this minute"
                            .formatted(settings.credentialsPerMinute()));
        }
        String user = userOf(request);
        if (daemon.server().oversight().isRevoked(user)) {
            throw new ApiProblem(403, "this user is revoked");
        }
        Long asked = request.bodyNumber("ttl", 1, settings.credentialsTtlMax().toSeconds());
        long ttl = asked == null ? settings.credentialsTtl().toSeconds() : asked;
        ServerSettings.Auth auth = daemon.settings().auth();
        RestCredential credential =
                RestCredentials.issue(
                        secret(auth),
                        user,
                        clock.instant().getEpochSecond() + ttl,
                        auth.separator());
        return CompletableFuture.completedFuture(Reply.ok(json(credential, ttl)));
    }

    private static String userOf(ApiRequest request) throws ApiProblem {
        String user = request.text("user");
        if (user == null || user.isEmpty()) {
            return "";
        }
        if (user.getBytes(StandardCharsets.UTF_8).length > USER_BYTES_MAX) {
            throw new ApiProblem(400, "user has at most " + USER_BYTES_MAX + " bytes");
        }
        // D-28: in any other form browsers would send another name than was signed.
        if (!user.equals(OpaqueString.prepare(user))) {
            throw new ApiProblem(
                    400,
                    "user must be an OpaqueString (RFC 8265): composed, no control characters");
        }
        return user;
    }

    /// The first secret of the settings that isn't revoked.
    private String secret(ServerSettings.Auth auth) throws ApiProblem {
        Oversight oversight = daemon.server().oversight();
        for (ServerSettings.Secret secret : auth.secrets()) {
            if (!oversight.isSecretRevoked(SecretFingerprint.of(secret))) {
                return secret.value();
            }
        }
        throw new ApiProblem(503, "there is no auth.secret, or all of them are revoked");
    }

    private JsonObject json(RestCredential credential, long ttl) {
        List<String> urls = settings.iceUrls().isEmpty() ? daemon.iceUrls() : settings.iceUrls();
        var iceServer = new JsonObject();
        iceServer.add("urls", Views.texts(urls));
        iceServer.addProperty("username", credential.username());
        iceServer.addProperty("credential", credential.password());
        var iceServers = new JsonArray();
        iceServers.add(iceServer);
        var json = new JsonObject();
        json.addProperty("username", credential.username());
        json.addProperty("password", credential.password());
        json.addProperty("ttl", ttl);
        json.add("uris", Views.texts(urls));
        json.add("iceServers", iceServers);
        return json;
    }
}
