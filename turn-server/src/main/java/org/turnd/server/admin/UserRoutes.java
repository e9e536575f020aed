package org.turnd.server.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.turnd.server.Oversight;
import org.turnd.server.config.RealmSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.engine.Session;

/// What can be asked of users and secrets.
final class UserRoutes {
    private static final Route.Parameter REALM =
            new Route.Parameter("realm", "Of this realm; without it, of the default one.");

    /// RFC 8489 §14.3.
    private static final int NAME_BYTES_MAX = 508;

    private final AdminDaemon daemon;

    UserRoutes(AdminDaemon daemon) {
        this.daemon = daemon;
    }

    List<Route> all() {
        return List.of(
                Route.get(
                                "/v1/users",
                                "listUsers",
                                "Lists users who are configured, have sessions or are revoked.",
                                ApiTypes.USER_LIST,
                                this::list)
                        .with(REALM),
                Route.put(
                                "/v1/users/{name}/revocation",
                                "revokeUser",
                                "Serves a user no more until the revocation is undone or the server"
                                        + " restarts: who has exactly this name, and whose time-limited"
                                        + " name has this user id. Sessions end at once.",
                                ApiTypes.REVOCATION,
                                this::revoke)
                        .with(REALM),
                Route.delete(
                                "/v1/users/{name}/revocation",
                                "restoreUser",
                                "Serves a revoked user again.",
                                this::restore)
                        .with(REALM),
                Route.get(
                        "/v1/secrets",
                        "listSecrets",
                        "Lists the secrets of time-limited credentials, without their values.",
                        ApiTypes.SECRET_LIST,
                        this::listSecrets),
                Route.put(
                        "/v1/secrets/{fingerprint}/revocation",
                        "revokeSecret",
                        "Serves nobody whose credential was made with this secret until the"
                                + " revocation is undone or the server restarts. Sessions end at"
                                + " once.",
                        ApiTypes.REVOCATION,
                        this::revokeSecret),
                Route.delete(
                        "/v1/secrets/{fingerprint}/revocation",
                        "restoreSecret",
                        "Serves credentials made with a revoked secret again.",
                        this::restoreSecret));
    }

    private Oversight oversight() {
        return daemon.server().oversight();
    }

    private CompletableFuture<Reply> list(ApiRequest request) throws ApiProblem {
        String realm = realmOf(request);
        return oversight()
                .sessions(session -> session.realm().equals(realm), SessionRoutes.LIMIT_MAX)
                .thenApply(listing -> {
                    Map<String, List<Session>> byUser =
                            listing.sessions().stream()
                                    .collect(
                                            Collectors.groupingBy(
                                                    Session::username,
                                                    TreeMap::new,
                                                    Collectors.toList()));
                    Set<String> configured =
                            usersOf(realm).stream().map(User::name).collect(Collectors.toSet());
                    Set<String> revoked = oversight().revokedUsers(realm);
                    configured.forEach(name -> byUser.putIfAbsent(name, List.of()));
                    revoked.forEach(name -> byUser.putIfAbsent(name, List.of()));
                    var users = new JsonArray();
                    byUser.forEach((name, sessions) -> {
                        JsonObject user = user(name, sessions);
                        user.addProperty("configured", configured.contains(name));
                        user.addProperty("revoked", revoked.contains(name));
                        users.add(user);
                    });
                    var json = new JsonObject();
                    json.add("users", users);
                    return Reply.ok(json);
                });
    }

    /// The realm that a request is about, the default one unless it names another.
    private String realmOf(ApiRequest request) throws ApiProblem {
        String realm = request.parameter(REALM.name());
        ServerSettings settings = daemon.settings();
        if (realm == null || realm.equals(settings.realm())) {
            return settings.realm();
        }
        if (settings.realms().stream().noneMatch(one -> one.name().equals(realm))) {
            throw new ApiProblem(404, "there is no such realm");
        }
        return realm;
    }

    private List<User> usersOf(String realm) {
        ServerSettings settings = daemon.settings();
        return settings.realms().stream()
                .filter(one -> one.name().equals(realm))
                .findFirst()
                .map(RealmSettings::users)
                .orElse(settings.auth().users());
    }

    private static JsonObject user(String name, List<Session> sessions) {
        var json = new JsonObject();
        json.addProperty("name", name);
        json.addProperty("sessions", sessions.size());
        json.addProperty(
                "bytes_to_peers", sessions.stream().mapToLong(Session::bytesToPeers).sum());
        json.addProperty(
                "bytes_to_client", sessions.stream().mapToLong(Session::bytesToClient).sum());
        return json;
    }

    private CompletableFuture<Reply> revoke(ApiRequest request) throws ApiProblem {
        String name = request.part("name");
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
            throw new ApiProblem(400, "a user name has at most " + NAME_BYTES_MAX + " bytes");
        }
        try {
            return oversight().revokeUser(realmOf(request), name).thenApply(UserRoutes::revocation);
        } catch (IllegalStateException full) {
            throw new ApiProblem(409, String.valueOf(full.getMessage()));
        }
    }

    private CompletableFuture<Reply> restore(ApiRequest request) throws ApiProblem {
        if (!oversight().restoreUser(realmOf(request), request.part("name"))) {
            throw new ApiProblem(404, "no such user is revoked");
        }
        return CompletableFuture.completedFuture(Reply.nothing());
    }

    private CompletableFuture<Reply> listSecrets(ApiRequest request) {
        var secrets = new JsonArray();
        for (Oversight.SecretStatus status : oversight().secrets()) {
            var secret = new JsonObject();
            secret.addProperty("index", secrets.size());
            secret.addProperty("fingerprint", status.fingerprint());
            secret.addProperty("revoked", status.isRevoked());
            secrets.add(secret);
        }
        var json = new JsonObject();
        json.add("secrets", secrets);
        return CompletableFuture.completedFuture(Reply.ok(json));
    }

    private CompletableFuture<Reply> revokeSecret(ApiRequest request) throws ApiProblem {
        String fingerprint = request.part("fingerprint");
        if (oversight().secrets().stream()
                .noneMatch(secret -> secret.fingerprint().equals(fingerprint))) {
            throw new ApiProblem(404, "no secret has this fingerprint");
        }
        try {
            return oversight().revokeSecret(fingerprint).thenApply(UserRoutes::revocation);
        } catch (IllegalStateException full) {
            throw new ApiProblem(409, String.valueOf(full.getMessage()));
        }
    }

    private CompletableFuture<Reply> restoreSecret(ApiRequest request) throws ApiProblem {
        if (!oversight().restoreSecret(request.part("fingerprint"))) {
            throw new ApiProblem(404, "no secret with this fingerprint is revoked");
        }
        return CompletableFuture.completedFuture(Reply.nothing());
    }

    private static Reply revocation(int ended) {
        var json = new JsonObject();
        json.addProperty("ended_sessions", ended);
        return Reply.ok(json);
    }
}
