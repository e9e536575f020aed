package org.turnd.peers.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.turnd.peers.lab.Namespace;

/// The turnd daemon, started as an operator starts it: `turnd run -c FILE`.
public final class TurndProcess implements TurnServerProcess {
    private static final String MAIN_CLASS = "org.turnd.cli.Turnd";

    private final TurnServerSettings settings;
    private final ServerProcess process;
    private final List<String> command;

    /// Prepares a server; [#start] starts it.
    ///
    /// @param host where it will run
    /// @param settings what it is told
    /// @param dataPlane what carries UDP
    public TurndProcess(Namespace host, TurnServerSettings settings, String dataPlane) {
        this.settings = settings;
        process = new ServerProcess(host);
        var certificate = SelfSignedCertificate.of(settings.addresses());
        process.write("certificate.pem", certificate.certificatePem());
        process.write("key.pem", certificate.keyPem());
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command =
                List.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MAIN_CLASS,
                        "run",
                        "-c",
                        process.write("turnd.conf", configuration(settings, dataPlane)).toString());
    }

    private static String configuration(TurnServerSettings settings, String dataPlane) {
        var relays =
                "ipv4 = %s, ipv6 = %s".formatted(relay(settings, false), relay(settings, true));
        return """
        realm = "%s"
        listeners {
          udp = [%s]
          tcp = [%s]
          tls = [%s]
          dtls = []
        }
        relay { %s }
        auth.secret = "%s"
        tls { certificate = "certificate.pem", key = "key.pem" }
        %s
        http.address = "127.0.0.1:9641"
        data-plane = %s
        """
                .formatted(
                        TurnServerSettings.REALM,
                        endpoints(settings, TurnServerSettings.PORT),
                        endpoints(settings, TurnServerSettings.PORT),
                        endpoints(settings, TurnServerSettings.TLS_PORT),
                        relays,
                        settings.secret(),
                        settings.privatePeersAllowed()
                                ? "peers.allow = [\"10.0.0.0/8\", \"fc00::/7\"]"
                                : "",
                        dataPlane);
    }

    private static String relay(TurnServerSettings settings, boolean ipv6) {
        return settings.addresses().stream()
                .filter(address -> address.contains(":") == ipv6)
                .findFirst()
                .map(address -> "\"" + address + "\"")
                .orElse("none");
    }

    private static String endpoints(TurnServerSettings settings, int port) {
        return settings.addresses().stream()
                .map(address -> address.contains(":") ? "[" + address + "]" : address)
                .map(host -> String.format(Locale.ROOT, "\"%s:%d\"", host, port))
                .collect(Collectors.joining(", "));
    }

    @Override
    public void start() {
        process.start(command);
    }

    @Override
    public void stop() {
        process.stop();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public TurnServerSettings settings() {
        return settings;
    }

    @Override
    public String name() {
        return "turnd";
    }

    @Override
    public String log() {
        return process.log();
    }

    @Override
    public void close() {
        process.close();
    }
}
