package org.turnd.server.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One thing that can be asked of the admin API. Dispatch and both reference documents come from
/// it.
///
/// @param path as OpenAPI writes it: `/v1/sessions/{id}`
/// @param operation its id in the OpenAPI document
/// @param doc what it does, a sentence or two
/// @param takes the body of the request, null for none
/// @param gives the body of the answer, null for none
/// @param query parameters, each of them optional
/// @param forApplications not only operators may use it
record Route(
        String method,
        String path,
        String operation,
        String doc,
        @Nullable ApiType takes,
        @Nullable ApiType gives,
        List<Parameter> query,
        boolean forApplications,
        Handler handler) {
    Route {
        query = List.copyOf(query);
    }

    /// A parameter of the query, or a part of the path.
    record Parameter(String name, String doc) {}

    /// Carries out a request. Called on a thread of its own, which may block a short while.
    interface Handler {
        CompletableFuture<Reply> answer(ApiRequest request) throws ApiProblem;
    }

    static Route get(String path, String operation, String doc, ApiType gives, Handler handler) {
        return new Route("GET", path, operation, doc, null, gives, List.of(), false, handler);
    }

    static Route put(
            String path, String operation, String doc, @Nullable ApiType gives, Handler handler) {
        return new Route("PUT", path, operation, doc, null, gives, List.of(), false, handler);
    }

    static Route delete(String path, String operation, String doc, Handler handler) {
        return new Route("DELETE", path, operation, doc, null, null, List.of(), false, handler);
    }

    static Route post(String path, String operation, String doc, ApiType gives, Handler handler) {
        return new Route("POST", path, operation, doc, null, gives, List.of(), false, handler);
    }

    Route taking(ApiType body) {
        return new Route(
                method, path, operation, doc, body, gives, query, forApplications, handler);
    }

    Route with(Parameter... parameters) {
        return new Route(
                method,
                path,
                operation,
                doc,
                takes,
                gives,
                List.of(parameters),
                forApplications,
                handler);
    }

    Route openToApplications() {
        return new Route(method, path, operation, doc, takes, gives, query, true, handler);
    }

    /// The names of the variable parts of the path.
    List<String> pathParameters() {
        List<String> names = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (part.startsWith("{")) {
                names.add(part.substring(1, part.length() - 1));
            }
        }
        return names;
    }

    /// Returns the variable parts of a path that is this route's.
    ///
    /// @param parts of the path in the request, decoded
    Optional<Map<String, String>> match(List<String> parts) {
        String[] own = path.substring(1).split("/", -1);
        if (own.length != parts.size()) {
            return Optional.empty();
        }
        var variables = new HashMap<String, String>();
        for (int i = 0; i < own.length; i++) {
            if (own[i].startsWith("{")) {
                if (parts.get(i).isEmpty()) {
                    return Optional.empty();
                }
                variables.put(own[i].substring(1, own[i].length() - 1), parts.get(i));
            } else if (!own[i].equals(parts.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
