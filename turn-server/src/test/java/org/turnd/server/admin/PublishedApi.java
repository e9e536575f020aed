package org.turnd.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.server.admin.AdminFixture.Answer;

/// Holds the answers of a server against the OpenAPI document that it serves, with a validator that
/// isn't ours: what clients are generated from must be what comes.
final class PublishedApi {
    private static final String PROBLEM = "#/components/schemas/Problem";
    private static final SchemaValidatorsConfig STRICT =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    private final JsonObject document;
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private final Map<String, JsonSchema> known = new HashMap<>();

    /// @param document as the server gives it
    PublishedApi(JsonObject document) {
        assertEquals("3.1.0", document.get("openapi").getAsString());
        this.document = document.deepCopy();
        // A member that no document names is as wrong as one that is missing.
        this.document
                .getAsJsonObject("components")
                .getAsJsonObject("schemas")
                .asMap()
                .values()
                .forEach(schema ->
                        schema.getAsJsonObject().addProperty("additionalProperties", false));
    }

    /// Fails unless the document allows this answer.
    ///
    /// @param target path and query, as it was asked for
    void check(String method, String target, Answer answer) {
        JsonObject operation = operation(method, target.replaceFirst("\\?.*", ""));
        if (operation == null) {
            if (answer.status() >= 400) {
                checkBody("application/problem+json", PROBLEM, answer);
            }
            return;
        }
        JsonObject responses = operation.getAsJsonObject("responses");
        String status = Integer.toString(answer.status());
        assertTrue(
                responses.has(status) || answer.status() >= 400,
                () -> method + " " + target + ": no document has a " + status);
        JsonObject content =
                responses
                        .getAsJsonObject(responses.has(status) ? status : "default")
                        .getAsJsonObject("content");
        if (content == null) {
            assertEquals("", answer.body());
            return;
        }
        String type = content.keySet().iterator().next();
        checkBody(
                type,
                content.getAsJsonObject(type).getAsJsonObject("schema").get("$ref").getAsString(),
                answer);
    }

    private void checkBody(String type, String reference, Answer answer) {
        assertTrue(
                answer.head().toLowerCase(Locale.ROOT).contains("content-type: " + type + "\r\n"),
                answer::head);
        var complaints =
                known.computeIfAbsent(reference, this::schema)
                        .validate(answer.body(), InputFormat.JSON);
        assertTrue(complaints.isEmpty(), () -> complaints + "\n" + answer.body());
    }

    private JsonSchema schema(String reference) {
        var schema = new JsonObject();
        schema.addProperty("$ref", reference);
        schema.add("components", document.get("components"));
        return schemas.getSchema(schema.toString(), InputFormat.JSON, STRICT);
    }

    /// Returns what can be done there, or null.
    private @Nullable JsonObject operation(String method, String path) {
        JsonObject paths = document.getAsJsonObject("paths");
        assertNotNull(paths, "the document has no paths");
        for (String template : paths.keySet()) {
            if (path.matches(template.replaceAll("\\{[^}]*}", "[^/]+"))) {
                return paths.getAsJsonObject(template)
                        .getAsJsonObject(method.toLowerCase(Locale.ROOT));
            }
        }
        return null;
    }
}
