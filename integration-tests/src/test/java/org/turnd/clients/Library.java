package org.turnd.clients;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// A WebRTC library that a script makes calls with. Each brings an ICE agent and a TURN client of
/// its own.
enum Library {
    AIORTC("/usr/bin/python3", "aiortc_peer.py"),
    /// With libnice.
    WEBRTCBIN("/usr/bin/python3", "webrtcbin_peer.py"),
    WERIFT(node(), "werift_peer.cjs"),
    /// With libjuice.
    LIBDATACHANNEL(node(), "libdatachannel_peer.cjs");

    /// Where `./test` has npm install things.
    static final Path NODE_MODULES =
            Path.of("..", "target", "clients", "node_modules").toAbsolutePath().normalize();

    private final String interpreter;
    private final String script;

    Library(String interpreter, String script) {
        this.interpreter = interpreter;
        this.script = script;
    }

    List<String> command(String role, String url, String username, String credential) {
        return List.of(interpreter, file(script), role, url, username, credential);
    }

    private static String file(String script) {
        try {
            return Path.of(Objects.requireNonNull(Library.class.getResource(script)).toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(script, e);
        }
    }

    private static String node() {
        return System.getenv().getOrDefault("PLAYWRIGHT_NODEJS_PATH", "/usr/bin/node");
    }
}
