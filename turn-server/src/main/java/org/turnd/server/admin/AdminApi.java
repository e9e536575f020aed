package org.turnd.server.admin;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.turnd.server.config.AdminSettings;

/// Finds the route of a request and carries it out.
final class AdminApi {
    static final String OPEN_API_PATH = "/openapi.json";

    private final List<Route> routes;
    private final JsonObject openApi;

    AdminApi(
            AdminDaemon daemon,
            AdminSettings settings,
            InstantSource clock,
            LongSupplier nanoClock) {
        routes = Routes.of(daemon, settings, clock, nanoClock);
        openApi = OpenApi.document(routes);
    }

    /// Carries out a request whose sender is known.
    ///
    /// @param uri path and query
    /// @throws ApiProblem when it can't be
    CompletableFuture<Reply> answer(Access access, String method, String uri, String body)
            throws ApiProblem {
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        if (path.equals(OPEN_API_PATH) && method.equals("GET")) {
            return CompletableFuture.completedFuture(Reply.ok(openApi));
        }
        List<String> parts = parts(path);
        boolean exists = false;
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(parts);
            exists |= variables.isPresent();
            if (variables.isPresent() && route.method().equals(method)) {
                admit(access, route);
                var request =
                        new ApiRequest(
                                access,
                                variables.get(),
                                query(route, question < 0 ? "" : uri.substring(question + 1)),
                                body(route, body));
                return route.handler().answer(request);
            }
        }
        admitSomebody(access);
        throw exists
                ? new ApiProblem(405, "see " + OPEN_API_PATH + " for what can be done here")
                : new ApiProblem(404, "see " + OPEN_API_PATH + " for what there is");
    }

    private static void admit(Access access, Route route) throws ApiProblem {
        admitSomebody(access);
        if (access instanceof Access.Application && !route.forApplications()) {
            throw new ApiProblem(403, "an application's token is good for credentials only");
        }
    }

    private static void admitSomebody(Access access) throws ApiProblem {
        if (access instanceof Access.Nobody) {
            throw new ApiProblem(401, "send Authorization: Bearer and the token");
        }
    }

    private static List<String> parts(String path) throws ApiProblem {
        if (!path.startsWith("/")) {
            throw new ApiProblem(400, "the request's target must be a path");
        }
        var parts = new ArrayList<String>();
        for (String part : path.substring(1).split("/", -1)) {
            parts.add(decoded(part.replace("+", "%2B")));
        }
        return parts;
    }

    private static Map<String, String> query(Route route, String text) throws ApiProblem {
        var query = new HashMap<String, String>();
        if (text.isEmpty()) {
            return query;
        }
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (route.query().stream().noneMatch(one -> one.name().equals(name))) {
                throw new ApiProblem(400, "there is no such parameter as " + quoted(name));
            }
            String value = decoded(equals < 0 ? "" : pair.substring(equals + 1));
            if (query.put(name, value) != null) {
                throw new ApiProblem(400, name + " stands twice");
            }
        }
        return query;
    }

    private static String decoded(String text) throws ApiProblem {
        try {
            return QueryStringDecoder.decodeComponent(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiProblem(400, "the request's target isn't well encoded");
        }
    }

    private static JsonObject body(Route route, String text) throws ApiProblem {
        ApiType taken = route.takes();
        if (text.isBlank()) {
            return new JsonObject();
        }
        if (taken == null) {
            throw new ApiProblem(400, "this takes no body");
        }
        JsonObject body = parse(text);
        for (String name : body.keySet()) {
            if (taken.fields().stream().noneMatch(field -> field.name().equals(name))) {
                throw new ApiProblem(400, "there is no such member as " + quoted(name));
            }
        }
        return body;
    }

    private static JsonObject parse(String text) throws ApiProblem {
        try {
            var reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException | IOException | NumberFormatException e) {
            throw new ApiProblem(400, "the body is no JSON");
        }
        throw new ApiProblem(400, "the body must be one JSON object");
    }

    /// What a stranger wrote, short and harmless.
    private static String quoted(String text) {
        String plain = text.replaceAll("[^A-Za-z0-9_.-]", "?");
        return plain.substring(0, Math.min(40, plain.length()));
    }
}
