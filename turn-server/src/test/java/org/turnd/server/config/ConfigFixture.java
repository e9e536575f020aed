package org.turnd.server.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.turnd.server.config.ConfigResult.Loaded;
import org.turnd.server.config.ConfigResult.Refused;
import org.turnd.stun.TransportAddress;

/// A configuration file in a directory of the test, and a machine that is always the same.
final class ConfigFixture {
    static final String SECRET = "k3Jz8vQ1xW5nB7mT2rYp";
    static final TransportAddress PUBLIC = TransportAddress.ipv4(0xC6336407, 0);
    static final TransportAddress PRIVATE = TransportAddress.ipv4(0x0A000007, 0);
    static final TransportAddress IPV6 = new TransportAddress(0x20010DB8L << 32, 7, 0);
    static final LocalMachine DUAL_STACK = new LocalMachine(List.of(PUBLIC, IPV6), PUBLIC, IPV6);
    static final LocalMachine IPV4_ONLY = new LocalMachine(List.of(PRIVATE), PRIVATE, null);

    private final Path file;

    ConfigFixture(Path directory) {
        file = directory.resolve("turnd.conf");
    }

    Path file() {
        return file;
    }

    ConfigResult load(String text) {
        return load(text, Map.of(), DUAL_STACK);
    }

    ConfigResult load(String text, Map<String, String> environment, LocalMachine machine) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ConfigLoader.load(file, environment, machine);
    }

    /// Loads with a secret in the environment, and expects it to go well.
    Loaded loaded(String text) {
        return expectLoaded(load(text, Map.of("TURND_AUTH_SECRET", SECRET), DUAL_STACK));
    }

    /// Loads with a secret in the environment; returns the problems as the operator reads them,
    /// without the directory of the test.
    String refused(String text) {
        return shown(load(text, Map.of("TURND_AUTH_SECRET", SECRET), DUAL_STACK));
    }

    String shown(ConfigResult result) {
        if (!(result instanceof Refused refused)) {
            throw new AssertionError("was not refused: " + result);
        }
        var text = new StringBuilder();
        refused.problems().forEach(problem -> text.append(problem).append('\n'));
        return text.toString().replace(file.getParent() + "/", "");
    }

    static Loaded environment(Map<String, String> environment, LocalMachine machine) {
        return expectLoaded(ConfigLoader.load(null, environment, machine));
    }

    static Loaded expectLoaded(ConfigResult result) {
        return switch (result) {
            case Loaded loaded -> loaded;
            case Refused refused -> throw new AssertionError("refused: " + refused.problems());
        };
    }

    static EffectiveValue effective(Loaded loaded, String key) {
        return loaded.values().stream()
                .filter(value -> value.key().equals(key))
                .findFirst()
                .orElseThrow();
    }
}
