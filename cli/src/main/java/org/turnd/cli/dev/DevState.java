package org.turnd.cli.dev;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.turnd.server.config.SecretStrength;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.SelfSignedCertificate;

/// What a development server keeps across its starts, so that credentials and a certificate once
/// accepted stay good: `$XDG_STATE_HOME/turnd`, or `~/.local/state/turnd`, readable by its owner
/// only.
public final class DevState {
    private static final int SECRET_CHARACTERS_MIN = 32;
    private static final Duration CERTIFICATE_LIFETIME = Duration.ofDays(365);
    private static final Duration CERTIFICATE_REST = Duration.ofDays(7);
    private static final String PORT_FILE = "dev-port";
    private static final int SAN_IP_ADDRESS = 7;

    private final Path directory;

    DevState(Path directory) {
        this.directory = directory;
    }

    /// Returns the place that the environment names.
    public static DevState of(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base =
                state.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".local", "state")
                        : Path.of(state);
        return new DevState(base.resolve("turnd"));
    }

    /// Returns the shared secret of time-limited credentials, made at the first call ever.
    public Secret secret() throws IOException {
        PrivateFiles.makeDirectory(directory);
        Path file = directory.resolve("dev-secret");
        if (!Files.exists(file)) {
            PrivateFiles.write(file, SecretStrength.fresh(new SecureRandom()) + "\n");
        }
        PrivateFiles.close(file);
        String secret = Files.readString(file).strip();
        if (secret.length() < SECRET_CHARACTERS_MIN) {
            throw new IOException(file + " holds no secret: delete it and start again");
        }
        return new Secret(secret);
    }

    /// Returns a self-signed certificate for these addresses, a new one when the last is about to
    /// expire or doesn't cover them.
    Tls certificate(List<InetAddress> addresses) throws IOException {
        PrivateFiles.makeDirectory(directory);
        Path chain = directory.resolve("dev-certificate.pem");
        Path key = directory.resolve("dev-key.pem");
        if (!Files.exists(key) || !isGood(chain, addresses)) {
            SelfSignedCertificate.write(
                    chain, key, addresses, List.of("localhost"), CERTIFICATE_LIFETIME);
        }
        return new Tls(chain, key, null, TlsProvider.AUTO);
    }

    /// Keeps the port of the server that runs now, for whoever makes credentials for it.
    public void remember(int port) throws IOException {
        PrivateFiles.makeDirectory(directory);
        Files.writeString(directory.resolve(PORT_FILE), port + "\n");
    }

    /// Returns the admin API's socket of the server that was started last.
    public Path adminSocket() throws IOException {
        return adminSocket(port());
    }

    /// Returns the admin API's socket of the server with this port; several may run.
    Path adminSocket(int port) {
        return directory.resolve("dev-admin-" + port + ".sock");
    }

    /// Returns the port of the server that was started last, or 3478.
    int port() throws IOException {
        Path file = directory.resolve(PORT_FILE);
        String text = Files.exists(file) ? Files.readString(file).strip() : "";
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : DevServer.PORT;
    }

    private static boolean isGood(Path chain, List<InetAddress> addresses) throws IOException {
        if (!Files.exists(chain)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(chain)) {
            var certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
            Instant end = certificate.getNotAfter().toInstant();
            return end.isAfter(Instant.now().plus(CERTIFICATE_REST))
                    && covered(certificate).containsAll(addresses);
        } catch (CertificateException unreadable) {
            return false;
        }
    }

    private static Set<InetAddress> covered(X509Certificate certificate)
            throws CertificateException {
        Set<InetAddress> covered = new HashSet<>();
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(0) instanceof Integer type
                        && type == SAN_IP_ADDRESS
                        && name.get(1) instanceof String address) {
                    covered.add(InetAddress.ofLiteral(address));
                }
            }
        }
        return covered;
    }
}
