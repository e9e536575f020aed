package org.turnd.server.admin;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes the reference of the admin API, Markdown.
final class ApiReference {
    private static final String HEAD =
            """
            # Admin API

            Generated from the table of routes; don't edit. The same as an OpenAPI 3.1 document:
            [admin-api.json](admin-api.json), which the server gives at `/openapi.json`.

            - HTTP/1.1 and JSON, where [`admin.listen`](configuration.md#adminlisten) says; one
              request a connection. A body has a `Content-Length` and at most 16 KiB.
            - At an address an operator sends `Authorization: Bearer TOKEN` with `admin.token`; at
              the Unix socket nobody is asked for it.
            - What goes wrong is told as `application/problem+json` (RFC 9457).
            - Times are RFC 3339 in UTC. Clients ignore members that they don't know.

            """;

    private ApiReference() {}

    static String markdown(List<Route> routes) {
        var page = new StringBuilder(HEAD);
        page.append("| Request | What it does | Body | Answer |\n|---|---|---|---|\n");
        for (Route route : routes) {
            page.append(
                    "| `%s %s`%s | %s%s | %s | %s |\n"
                            .formatted(
                                    route.method(),
                                    route.path(),
                                    parameters(route),
                                    route.doc(),
                                    route.forApplications() ? " Also for applications." : "",
                                    link(route.takes()),
                                    link(route.gives())));
        }
        for (Route route : routes) {
            if (!route.query().isEmpty()) {
                page.append("\n## Parameters of %s\n\n".formatted(route.operation()));
                route.query()
                        .forEach(one ->
                                page.append("- `%s`: %s\n".formatted(one.name(), one.doc())));
            }
        }
        for (ApiType type : ApiTypes.ALL) {
            page.append("\n## %s\n\n%s\n\n".formatted(type.name(), type.doc()));
            page.append("| Member | Type | Meaning |\n|---|---|---|\n");
            for (ApiType.Field field : type.fields()) {
                page.append(
                        "| `%s`%s | %s | %s |\n"
                                .formatted(
                                        field.name(),
                                        field.isOptional() ? " (optional)" : "",
                                        kind(field),
                                        field.doc()));
            }
        }
        return page.toString();
    }

    private static String parameters(Route route) {
        return route.query().isEmpty()
                ? ""
                : " ([parameters](#parameters-of-%s))"
                        .formatted(route.operation().toLowerCase(Locale.ROOT));
    }

    private static String link(@Nullable ApiType type) {
        return type == null ? "" : link(type.name());
    }

    private static String link(String type) {
        return "[%s](#%s)".formatted(type, type.toLowerCase(Locale.ROOT));
    }

    private static String kind(ApiType.Field field) {
        String single =
                switch (field.kind()) {
                    case STRING -> "text";
                    case INTEGER -> "number";
                    case BOOLEAN -> "true or false";
                    case TIME -> "time";
                    case OBJECT -> link(field.type());
                };
        return field.isList() ? "list of " + single : single;
    }
}
