package org.turnd.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ConfigLoader;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.LocalMachine;
import org.yaml.snakeyaml.Yaml;

/// The chart, linted and rendered by Helm itself.
@Timeout(120)
class HelmChartTest {
    private static final String LEAST =
            """
            image: { repository: registry.example.org/turnd }
            auth: { existingSecret: mine }
            """;
    private static final String SECRET = "0123456789abcdef0123456789abcdef01234567";

    @TempDir private static Path directory;
    private static Path chart = Path.of("");

    @BeforeAll
    static void build() throws Exception {
        Shell.pack(directory.resolve("dist"), "helm");
        Path archive = Shell.only(directory.resolve("dist"), ".tgz");
        Shell.run(Map.of(), List.of("tar", "-xzf", archive.toString(), "-C", directory.toString()));
        chart = directory.resolve("turnd");
    }

    @Test
    void passesHelmsLintWithTheLeastValues(@TempDir Path copy) throws Exception {
        Shell.run(Map.of(), List.of("cp", "-R", chart.toString(), copy.toString()));
        Path values = copy.resolve("turnd/values.yaml");
        Files.writeString(
                values,
                Files.readString(values)
                        .replace("repository: \"\"", "repository: registry.example.org/turnd")
                        .replace("existingSecret: \"\"", "existingSecret: mine"));

        LintResult result = new Helm(copy.resolve("turnd")).lint().strict().call();

        assertFalse(result.isFailed(), () -> String.join("\n", result.getMessages()));
    }

    @Test
    void refusesValuesWithoutASecretOrWithAWeakOneOrWithATypo() {
        for (String values :
                List.of(
                        "image: { repository: turnd }",
                        "image: { repository: turnd }\nauth: { secret: short }",
                        LEAST + "hostNetwrok: true")) {
            var failure = assertThrows(IllegalStateException.class, () -> render(values), values);
            assertTrue(
                    Objects.toString(failure.getMessage()).contains("schema"),
                    () -> Objects.toString(failure.getMessage()));
        }
    }

    @Test
    void rendersAHardenedDaemonSetOnTheHostsNetworkWithMetricsOnLoopback() throws Exception {
        var rendered = render(LEAST + "drainSeconds: 300");

        JsonObject pod = pod(rendered, "DaemonSet");
        JsonObject container = pod.getAsJsonArray("containers").get(0).getAsJsonObject();
        JsonObject rights = container.getAsJsonObject("securityContext");
        assertTrue(pod.get("hostNetwork").getAsBoolean());
        assertEquals(310, pod.get("terminationGracePeriodSeconds").getAsInt());
        assertTrue(pod.getAsJsonObject("securityContext").get("runAsNonRoot").getAsBoolean());
        assertTrue(rights.get("readOnlyRootFilesystem").getAsBoolean());
        assertFalse(rights.get("allowPrivilegeEscalation").getAsBoolean());
        assertEquals("[\"ALL\"]", rights.getAsJsonObject("capabilities").get("drop").toString());
        JsonObject ready = container.getAsJsonObject("readinessProbe").getAsJsonObject("httpGet");
        assertEquals("127.0.0.1", ready.get("host").getAsString());
        assertEquals(
                "127.0.0.1:9641",
                configuration(rendered).getAsJsonObject("http").get("address").getAsString());
        assertEquals(
                List.of("ConfigMap/release-name-turnd", "DaemonSet/release-name-turnd"),
                List.copyOf(rendered.keySet()));
    }

    @Test
    void rendersEverythingThatCanBeSwitchedOn() throws Exception {
        var rendered =
                render(
                        """
                        image: { repository: turnd, tag: other }
                        auth: { secret: %s }
                        kind: Deployment
                        hostNetwork: false
                        tls: { secretName: certificate }
                        metrics: { enabled: true, serviceMonitor: { enabled: true } }
                        service: { enabled: true }
                        networkPolicy: { enabled: true }
                        config:
                          relay: { external-ipv4: "192.0.2.1" }
                        """
                                .formatted(SECRET));

        assertEquals(
                List.of(
                        "ConfigMap/release-name-turnd",
                        "Deployment/release-name-turnd",
                        "NetworkPolicy/release-name-turnd",
                        "Secret/release-name-turnd",
                        "Service/release-name-turnd",
                        "Service/release-name-turnd-metrics",
                        "ServiceMonitor/release-name-turnd"),
                List.copyOf(rendered.keySet()));
        JsonObject pod = pod(rendered, "Deployment");
        JsonObject container = pod.getAsJsonArray("containers").get(0).getAsJsonObject();
        assertEquals("turnd:other", container.get("image").getAsString());
        assertFalse(
                container.getAsJsonObject("readinessProbe").getAsJsonObject("httpGet").has("host"));
        JsonObject configuration = configuration(rendered);
        JsonObject relay = configuration.getAsJsonObject("relay");
        assertEquals("192.0.2.1", relay.get("external-ipv4").getAsString());
        assertEquals(65535, relay.get("max-port").getAsInt());
        assertEquals(
                "/etc/turnd-tls/tls.crt",
                configuration.getAsJsonObject("tls").get("certificate").getAsString());
    }

    /// What the chart writes is read by turnd as it is.
    @Test
    void writesAConfigurationThatTurndTakes() throws Exception {
        String text =
                configuration(render(LEAST + "config: { relay: { ipv4: 127.0.0.1 } }")).toString();
        Path file = Files.writeString(directory.resolve("turnd.conf"), text);
        Path secret = Files.writeString(directory.resolve("secret"), SECRET);

        ConfigResult result =
                ConfigLoader.load(
                        file,
                        Map.of("TURND_AUTH_SECRET_FILE", secret.toString()),
                        LocalMachine.look());

        assertInstanceOf(ConfigResult.Loaded.class, result, result::toString);
    }

    /// Renders the chart and returns the objects by kind and name.
    private static SortedMap<String, JsonObject> render(String values) throws IOException {
        Path file = Files.writeString(directory.resolve("values.yaml"), values);
        String text =
                new Helm(chart).template().withKubeVersion("1.25.0").withValuesFile(file).call();
        var objects = new TreeMap<String, JsonObject>();
        for (Object document : new Yaml().loadAll(text)) {
            if (document != null) {
                JsonObject object = new Gson().toJsonTree(document).getAsJsonObject();
                JsonElement name = object.getAsJsonObject("metadata").get("name");
                objects.put(object.get("kind").getAsString() + "/" + name.getAsString(), object);
            }
        }
        return objects;
    }

    private static JsonObject pod(Map<String, JsonObject> rendered, String kind) {
        return object(rendered, kind)
                .getAsJsonObject("spec")
                .getAsJsonObject("template")
                .getAsJsonObject("spec");
    }

    private static JsonObject configuration(Map<String, JsonObject> rendered) {
        JsonObject data = object(rendered, "ConfigMap").getAsJsonObject("data");
        return JsonParser.parseString(data.get("turnd.conf").getAsString()).getAsJsonObject();
    }

    private static JsonObject object(Map<String, JsonObject> rendered, String kind) {
        return Objects.requireNonNull(rendered.get(kind + "/release-name-turnd"), kind);
    }
}
