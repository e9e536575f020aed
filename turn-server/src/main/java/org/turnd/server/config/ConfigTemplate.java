package org.turnd.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The configuration file to begin with: the one in `conf/`, which is packed into the jar.
public final class ConfigTemplate {
    private static final String RESOURCE = "turnd.conf";
    private static final String EMPTY_SECRET = "  # secret = \"\"";

    private ConfigTemplate() {}

    /// Returns the file as it is shipped, without a secret.
    public static String text() {
        try (InputStream resource = ConfigTemplate.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(RESOURCE + " isn't in the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns the file with a secret, ready to run.
    ///
    /// @param secret of [SecretStrength#fresh]
    public static String withSecret(String secret) {
        String text = text();
        if (!text.contains(EMPTY_SECRET)) {
            throw new IllegalStateException(RESOURCE + " has no line for the secret");
        }
        return text.replace(EMPTY_SECRET, "  secret = \"" + secret + "\"");
    }
}
