package org.turnd.server.admin;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that has found its route, and whose sender may use it.
///
/// @param path the parts of the path that the route names
/// @param query each parameter once; only such as the route names
/// @param body only such members as the route names
record ApiRequest(
        Access access, Map<String, String> path, Map<String, String> query, JsonObject body) {
    /// Returns a part of the path.
    String part(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no " + name);
        }
        return value;
    }

    /// Returns a parameter of the query, or null.
    @Nullable String parameter(String name) {
        return query.get(name);
    }

    /// Returns a whole number of the query.
    int number(String name, int min, int max, int otherwise) throws ApiProblem {
        String text = query.get(name);
        return text == null ? otherwise : (int) number(name, text, min, max);
    }

    /// Returns a text of the body, or null.
    @Nullable String text(String name) throws ApiProblem {
        JsonElement value = body.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new ApiProblem(400, name + " must be a string");
        }
        return value.getAsString();
    }

    /// Returns a whole number of the body, or null.
    @Nullable Long bodyNumber(String name, long min, long max) throws ApiProblem {
        JsonElement value = body.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
            throw new ApiProblem(400, name + " must be a number");
        }
        return number(name, value.getAsString(), min, max);
    }

    private static long number(String name, String text, long min, long max) throws ApiProblem {
        if (text.matches("\\d{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw new ApiProblem(
                400, "%s must be a whole number from %d to %d".formatted(name, min, max));
    }
}
