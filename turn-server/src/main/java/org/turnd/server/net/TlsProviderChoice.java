package org.turnd.server.net;

import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.security.PrivateKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.TlsProvider;

/// The TLS implementation a server uses.
///
/// @param isBoringSsl BoringSSL, which comes as a native library, or the JDK's own
/// @param reason why it is this one, in one line
public record TlsProviderChoice(boolean isBoringSsl, String reason) {
    /// The keys that Netty finds for BoringSSL: it goes by the names of cipher suites.
    private static final Set<String> KEY_FAMILIES = Set.of("RSA", "EC");

    /// Chooses what the operator wants and this system can do.
    ///
    /// @throws IOException when `boringssl` is wanted and doesn't work here; the message says why
    static TlsProviderChoice of(TlsProvider wanted, TlsMaterial material) throws IOException {
        return of(wanted, material.privateKey(), TlsProviderChoice::problem);
    }

    static TlsProviderChoice of(TlsProvider wanted, PrivateKey key, Probe probe)
            throws IOException {
        if (wanted == TlsProvider.JDK) {
            return new TlsProviderChoice(false, "configured");
        }
        String problem =
                KEY_FAMILIES.contains(KeyMatch.family(key.getAlgorithm()))
                        ? probe.problem()
                        : "it takes no keys but RSA and EC, and this one is " + key.getAlgorithm();
        return switch (wanted) {
            case AUTO ->
                    problem == null
                            ? new TlsProviderChoice(true, "auto: BoringSSL works here")
                            : new TlsProviderChoice(
                                    false, "auto: BoringSSL doesn't work here: " + problem);
            case BORINGSSL -> {
                if (problem != null) {
                    throw new IOException(
                            "tls.provider = boringssl doesn't work here: %s; auto or jdk does"
                                    .formatted(problem));
                }
                yield new TlsProviderChoice(true, "configured");
            }
            case JDK -> throw new AssertionError("handled above");
        };
    }

    private static @Nullable String problem() {
        if (!OpenSsl.isAvailable()) {
            Throwable cause = OpenSsl.unavailabilityCause();
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause.toString().lines().findFirst().orElse("its library doesn't load");
        }
        String version = OpenSsl.versionString();
        return "BoringSSL".equals(version) ? null : "the library is " + version;
    }

    /// `boringssl` or `jdk`.
    public String name() {
        return isBoringSsl ? "boringssl" : "jdk";
    }

    /// Says whether BoringSSL works.
    interface Probe {
        /// What stands in the way, or null.
        @Nullable String problem();
    }
}
