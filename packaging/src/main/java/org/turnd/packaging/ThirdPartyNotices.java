package org.turnd.packaging;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Writes the notices that go with others' software: each component of the bill of materials with
/// its licence, and the licences' texts, from the jars where they carry them.
public final class ThirdPartyNotices {
    private static final Pattern NOTICE =
            Pattern.compile("(?:.*/)?(?:LICENSE|NOTICE|COPYING)[^/]*(?<!\\.class)");

    private ThirdPartyNotices() {}

    /// Takes the bill of materials, the directory of the jars, a directory of texts for jars that
    /// carry none, and the file to write.
    ///
    /// @throws IllegalStateException when a component names no licence
    public static void main(String[] args) throws IOException {
        var text = new StringBuilder("turnd contains this software of others:\n\n");
        components(Path.of(args[0])).forEach(text::append);
        text.append(
                "Eclipse Temurin, the Java runtime, is under the GNU General Public License,"
                        + " version 2, with the Classpath exception: see runtime/legal.\n");
        for (Path jar : sorted(Path.of(args[1]))) {
            texts(jar)
                    .forEach(
                            (name, notice) -> append(text, jar.getFileName() + " " + name, notice));
        }
        for (Path file : sorted(Path.of(args[2]))) {
            append(text, file.getFileName().toString(), Files.readString(file));
        }
        Files.writeString(Path.of(args[3]), text);
    }

    private static List<String> components(Path billOfMaterials) throws IOException {
        JsonObject bill =
                JsonParser.parseString(Files.readString(billOfMaterials)).getAsJsonObject();
        return elements(bill.getAsJsonArray("components"))
                .map(JsonElement::getAsJsonObject)
                .filter(component -> !component.get("group").getAsString().equals("org.turnd"))
                .map(ThirdPartyNotices::line)
                .distinct()
                .sorted()
                .toList();
    }

    private static String line(JsonObject component) {
        String name =
                "%s:%s %s"
                        .formatted(
                                component.get("group").getAsString(),
                                component.get("name").getAsString(),
                                component.get("version").getAsString());
        JsonArray licences = component.getAsJsonArray("licenses");
        if (licences == null || licences.isEmpty()) {
            throw new IllegalStateException(name + " names no licence");
        }
        return name
                + ": "
                + elements(licences)
                        .map(licence -> name(licence.getAsJsonObject()))
                        .collect(Collectors.joining(" or "))
                + "\n";
    }

    private static String name(JsonObject choice) {
        if (choice.has("expression")) {
            return choice.get("expression").getAsString();
        }
        JsonObject licence = choice.getAsJsonObject("license");
        return licence.get(licence.has("id") ? "id" : "name").getAsString();
    }

    private static Stream<JsonElement> elements(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static List<Path> sorted(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted(Comparator.comparing(Path::toString)).toList();
        }
    }

    private static SortedMap<String, String> texts(Path path) throws IOException {
        var texts = new TreeMap<String, String>();
        try (var jar = new JarFile(path.toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                if (!entry.isDirectory() && NOTICE.matcher(entry.getName()).matches()) {
                    try (var stream = jar.getInputStream(entry)) {
                        texts.put(
                                entry.getName(),
                                new String(stream.readAllBytes(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return texts;
    }

    private static void append(StringBuilder text, String title, String notice) {
        text.append("\n\n==== ")
                .append(title)
                .append(" ====\n\n")
                .append(notice.strip())
                .append('\n');
    }
}
