package org.turnd.server.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The OpenAPI 3.1 document of the routes.
final class OpenApi {
    private static final String REFERENCE = "#/components/schemas/";

    private OpenApi() {}

    static JsonObject document(List<Route> routes) {
        var info = new JsonObject();
        info.addProperty("title", "turnd admin API");
        info.addProperty(
                "description",
                "What operators and applications ask of a running turnd. One request a connection.");
        // Of the API, not of the server: what there is stays as it is under /v1.
        info.addProperty("version", "1");
        var document = new JsonObject();
        document.addProperty("openapi", "3.1.0");
        document.add("info", info);
        document.add("paths", paths(routes));
        document.add("components", components());
        document.add("security", list(security("operator")));
        return document;
    }

    private static JsonObject paths(List<Route> routes) {
        var paths = new JsonObject();
        for (Route route : routes) {
            if (!paths.has(route.path())) {
                paths.add(route.path(), new JsonObject());
            }
            paths.getAsJsonObject(route.path())
                    .add(route.method().toLowerCase(Locale.ROOT), operation(route));
        }
        return paths;
    }

    private static JsonObject operation(Route route) {
        var operation = new JsonObject();
        operation.addProperty("operationId", route.operation());
        operation.addProperty("summary", route.doc());
        var parameters = new JsonArray();
        route.pathParameters().forEach(name -> parameters.add(parameter(name, "path", null)));
        route.query().forEach(one -> parameters.add(parameter(one.name(), "query", one.doc())));
        if (!parameters.isEmpty()) {
            operation.add("parameters", parameters);
        }
        ApiType taken = route.takes();
        if (taken != null) {
            var body = content(taken, Reply.JSON);
            body.addProperty("required", true);
            operation.add("requestBody", body);
        }
        ApiType given = route.gives();
        var responses = new JsonObject();
        if (given == null) {
            responses.add("204", described(new JsonObject(), "Done."));
        } else {
            responses.add("200", described(content(given, Reply.JSON), given.doc()));
        }
        responses.add(
                "default",
                described(content(ApiTypes.PROBLEM, Reply.PROBLEM), ApiTypes.PROBLEM.doc()));
        operation.add("responses", responses);
        if (route.forApplications()) {
            operation.add("security", list(security("operator"), security("application")));
        }
        return operation;
    }

    private static JsonObject parameter(String name, String place, @Nullable String doc) {
        var parameter = new JsonObject();
        parameter.addProperty("name", name);
        parameter.addProperty("in", place);
        parameter.addProperty("required", place.equals("path"));
        if (doc != null) {
            parameter.addProperty("description", doc);
        }
        parameter.add("schema", type("string"));
        return parameter;
    }

    private static JsonObject described(JsonObject response, String doc) {
        response.addProperty("description", doc);
        return response;
    }

    private static JsonObject content(ApiType type, String contentType) {
        var media = new JsonObject();
        media.add("schema", reference(type.name()));
        var content = new JsonObject();
        content.add(contentType, media);
        var holder = new JsonObject();
        holder.add("content", content);
        return holder;
    }

    private static JsonObject reference(String name) {
        var reference = new JsonObject();
        reference.addProperty("$ref", REFERENCE + name);
        return reference;
    }

    private static JsonObject components() {
        var schemas = new JsonObject();
        ApiTypes.ALL.forEach(type -> schemas.add(type.name(), schema(type)));
        var schemes = new JsonObject();
        schemes.add("operator", bearer("admin.token; not asked for at the Unix socket."));
        schemes.add("application", bearer("One of admin.application-tokens."));
        var components = new JsonObject();
        components.add("schemas", schemas);
        components.add("securitySchemes", schemes);
        return components;
    }

    private static JsonObject bearer(String doc) {
        var scheme = new JsonObject();
        scheme.addProperty("type", "http");
        scheme.addProperty("scheme", "bearer");
        scheme.addProperty("description", doc);
        return scheme;
    }

    private static JsonObject security(String scheme) {
        var security = new JsonObject();
        security.add(scheme, new JsonArray());
        return security;
    }

    private static JsonArray list(JsonObject... parts) {
        var array = new JsonArray();
        for (JsonObject part : parts) {
            array.add(part);
        }
        return array;
    }

    private static JsonObject schema(ApiType type) {
        var properties = new JsonObject();
        var required = new JsonArray();
        for (ApiType.Field field : type.fields()) {
            JsonObject single = single(field);
            JsonObject property = single;
            if (field.isList()) {
                property = type("array");
                property.add("items", single);
            }
            property.addProperty("description", field.doc());
            properties.add(field.name(), property);
            if (!field.isOptional()) {
                required.add(field.name());
            }
        }
        JsonObject schema = type("object");
        schema.addProperty("description", type.doc());
        schema.add("properties", properties);
        schema.add("required", required);
        return schema;
    }

    private static JsonObject single(ApiType.Field field) {
        return switch (field.kind()) {
            case STRING -> type("string");
            case INTEGER -> {
                JsonObject integer = type("integer");
                integer.addProperty("format", "int64");
                yield integer;
            }
            case BOOLEAN -> type("boolean");
            case TIME -> {
                JsonObject time = type("string");
                time.addProperty("format", "date-time");
                yield time;
            }
            case OBJECT -> reference(field.type());
        };
    }

    private static JsonObject type(String name) {
        var schema = new JsonObject();
        schema.addProperty("type", name);
        return schema;
    }
}
