package org.turnd.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Builds the packages and uses them, as root: in namespaces of their own, with no Java but theirs.
@Timeout(300)
class PackagesTest {
    @TempDir private static Path dist;

    @BeforeAll
    static void build() throws Exception {
        Shell.pack(dist, "all");
    }

    @Test
    void theTarRunsWhereNoJavaIs() throws Exception {
        Shell.script("tar.sh", Shell.only(dist, ".tar.gz"));
    }

    @Test
    void theDebianPackageIsInstalledUsedAndPurgedWithoutATrace() throws Exception {
        Shell.script("deb.sh", Shell.only(dist, ".deb"));
    }

    @Test
    void theContainerImageRunsReadOnlyWithNothingElseInIt(@TempDir Path layout) throws Exception {
        Shell.script("image.sh", Shell.only(dist, ".oci.tar"), layout);
    }

    /// All of it, every jar in the tar with its version: what the bill forgets, nobody watches.
    @Test
    void theBillOfMaterialsNamesEveryJar() throws Exception {
        JsonObject bill =
                JsonParser.parseString(Files.readString(Shell.only(dist, ".cdx.json")))
                        .getAsJsonObject();
        var named = new TreeSet<String>();
        for (var element : bill.getAsJsonArray("components")) {
            JsonObject component = element.getAsJsonObject();
            named.add(
                    "%s-%s"
                            .formatted(
                                    component.get("name").getAsString(),
                                    component.get("version").getAsString()));
        }

        String jars =
                Shell.run(Map.of(), List.of("tar", "-tzf", Shell.only(dist, ".tar.gz").toString()));

        List<String> packed =
                jars.lines()
                        .filter(line -> line.contains("/app/lib/") && line.endsWith(".jar"))
                        .map(line -> line.substring(line.lastIndexOf('/') + 1, line.length() - 4))
                        .toList();
        assertTrue(packed.size() > 20, "too few jars found: " + packed);
        assertEquals(List.of(), packed.stream().filter(jar -> !named.contains(jar)).toList());
    }

    /// The whole is compared by `./package verify`; this is the part that a build is likeliest to
    /// spoil: Java's image, the class archive, times and orders.
    @Test
    void buildsTheSameBytesElsewhere(@TempDir Path elsewhere) throws Exception {
        Path other = elsewhere.resolve("a/deeper/place");

        Shell.pack(other, "tar");

        assertEquals(-1, Files.mismatch(Shell.only(dist, ".tar.gz"), Shell.only(other, ".tar.gz")));
    }
}
