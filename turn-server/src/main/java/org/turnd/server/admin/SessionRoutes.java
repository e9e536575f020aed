package org.turnd.server.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.turnd.server.Oversight;
import org.turnd.server.engine.AllocationId;
import org.turnd.server.engine.Session;
import org.turnd.server.engine.Transport;
import org.turnd.stun.RestCredentials;

/// What can be asked of sessions.
final class SessionRoutes {
    static final int LIMIT = 1000;
    static final int LIMIT_MAX = 10_000;

    private final AdminDaemon daemon;
    private final InstantSource clock;

    SessionRoutes(AdminDaemon daemon, InstantSource clock) {
        this.daemon = daemon;
        this.clock = clock;
    }

    List<Route> all() {
        return List.of(
                Route.get(
                                "/v1/sessions",
                                "listSessions",
                                "Lists live sessions. It isn't one moment that the list shows.",
                                ApiTypes.SESSION_LIST,
                                this::list)
                        .with(
                                new Route.Parameter("user", "Of this user name or user id."),
                                new Route.Parameter("realm", "Of users of this realm."),
                                new Route.Parameter(
                                        "client", "Of the client at this address, or IP address."),
                                new Route.Parameter(
                                        "relayed", "With this relayed transport address."),
                                new Route.Parameter("transport", "Over udp, tcp, tls or dtls."),
                                new Route.Parameter(
                                        "limit",
                                        "How many to list at most: 1 to %d, else %d."
                                                .formatted(LIMIT_MAX, LIMIT))),
                Route.get(
                        "/v1/sessions/{id}",
                        "showSession",
                        "Shows one session with its peers.",
                        ApiTypes.SESSION_DETAILS,
                        this::show),
                Route.delete(
                        "/v1/sessions/{id}",
                        "endSession",
                        "Ends one session. Its client learns it from its next request.",
                        this::end));
    }

    private Oversight oversight() {
        return daemon.server().oversight();
    }

    private Views views() {
        return new Views(daemon.server(), clock.instant());
    }

    private CompletableFuture<Reply> list(ApiRequest request) throws ApiProblem {
        int limit = request.number("limit", 1, LIMIT_MAX, LIMIT);
        return oversight()
                .sessions(filter(request), limit)
                .thenApply(listing -> {
                    Views views = views();
                    var sessions = new JsonArray();
                    listing.sessions().forEach(session -> sessions.add(views.session(session)));
                    var json = new JsonObject();
                    json.add("sessions", sessions);
                    json.addProperty("matched", listing.matched());
                    return Reply.ok(json);
                });
    }

    private Predicate<Session> filter(ApiRequest request) throws ApiProblem {
        Predicate<Session> wanted = session -> true;
        String user = request.parameter("user");
        if (user != null) {
            char separator = daemon.settings().auth().separator();
            wanted =
                    wanted.and(session ->
                            session.username().equals(user)
                                    || RestCredentials.userId(session.username(), separator)
                                            .equals(user));
        }
        String realm = request.parameter("realm");
        if (realm != null) {
            wanted = wanted.and(session -> session.realm().equals(realm));
        }
        String client = request.parameter("client");
        if (client != null) {
            wanted =
                    wanted.and(session ->
                            session.client().host().equals(client)
                                    || session.client().toString().equals(client));
        }
        String relayed = request.parameter("relayed");
        if (relayed != null) {
            wanted =
                    wanted.and(session ->
                            session.relayed().stream()
                                    .anyMatch(one -> one.toString().equals(relayed)));
        }
        String transport = request.parameter("transport");
        if (transport != null) {
            Transport only = transport(transport);
            wanted = wanted.and(session -> session.transport() == only);
        }
        return wanted;
    }

    private static Transport transport(String text) throws ApiProblem {
        for (Transport transport : Transport.values()) {
            if (transport.name().toLowerCase(Locale.ROOT).equals(text)) {
                return transport;
            }
        }
        throw new ApiProblem(400, "transport must be udp, tcp, tls or dtls");
    }

    private CompletableFuture<Reply> show(ApiRequest request) throws ApiProblem {
        AllocationId id = id(request);
        return oversight().session(id).thenApply(details -> shown(id, details));
    }

    private Reply shown(AllocationId id, Session.@Nullable Details details) {
        return details == null ? unknown(id) : Reply.ok(views().details(details));
    }

    private CompletableFuture<Reply> end(ApiRequest request) throws ApiProblem {
        AllocationId id = id(request);
        return oversight().end(id).thenApply(ended -> ended ? Reply.nothing() : unknown(id));
    }

    private static AllocationId id(ApiRequest request) throws ApiProblem {
        Optional<AllocationId> id = AllocationId.parse(request.part("id"));
        return id.orElseThrow(() -> new ApiProblem(404, "no session has such an id"));
    }

    private static Reply unknown(AllocationId id) {
        return new ApiProblem(404, "there is no session " + id + ", or it has ended").reply();
    }
}
