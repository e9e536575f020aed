package org.turnd.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.AdminSettings;

/// The reference pages that are generated from the table of routes.
class AdminPagesTest {
    private static final Path DOCUMENT = Path.of("../docs/reference/admin-api.json");
    private static final Path PAGE = Path.of("../docs/reference/admin-api.md");
    private static final String REGENERATE =
            "mvn -pl turn-server -am test -Dtest=AdminPagesTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dturnd.regenerate=true";

    @TempDir Path directory;

    /// The table, whose handlers are called only with this daemon.
    static List<Route> routes(AdminDaemon daemon) {
        return Routes.of(
                daemon,
                AdminSettings.at(Path.of("/run/turnd/admin.sock")),
                InstantSource.system(),
                () -> 0);
    }

    private List<Route> routes() throws Exception {
        try (var fixture = new AdminFixture(directory)) {
            return routes(fixture.daemon);
        }
    }

    @Test
    void referencePagesAreUpToDate() throws Exception {
        List<Route> routes = routes();
        assertUpToDate(
                DOCUMENT,
                new GsonBuilder()
                                .setPrettyPrinting()
                                .disableHtmlEscaping()
                                .create()
                                .toJson(OpenApi.document(routes))
                        + "\n");
        assertUpToDate(PAGE, ApiReference.markdown(routes));
    }

    private static void assertUpToDate(Path file, String expected) throws IOException {
        if (Boolean.getBoolean("turnd.regenerate")) {
            Files.writeString(file, expected);
        }
        String actual = Files.exists(file) ? Files.readString(file) : "";
        assertTrue(expected.equals(actual), file + " is stale; regenerate it with:\n" + REGENERATE);
    }

    @Test
    void everyReferenceInTheDocumentLeadsSomewhereAndEveryOperationHasItsOwnId() throws Exception {
        JsonObject document =
                JsonParser.parseString(OpenApi.document(routes()).toString()).getAsJsonObject();
        assertEquals("3.1.0", document.get("openapi").getAsString());
        Set<String> schemas =
                document.getAsJsonObject("components").getAsJsonObject("schemas").keySet();
        checkReferences(document, schemas);
        Set<String> ids = new HashSet<>();
        routes().forEach(route -> assertTrue(ids.add(route.operation()), route.operation()));
    }

    private static void checkReferences(JsonElement element, Set<String> schemas) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(one -> checkReferences(one, schemas));
        } else if (element.isJsonObject()) {
            JsonObject object = element.getAsJsonObject();
            JsonElement reference = object.get("$ref");
            if (reference != null) {
                String name = reference.getAsString().replace("#/components/schemas/", "");
                assertTrue(schemas.contains(name), name);
            }
            object.entrySet().forEach(entry -> checkReferences(entry.getValue(), schemas));
        }
    }
}
