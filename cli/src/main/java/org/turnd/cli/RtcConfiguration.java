package org.turnd.cli;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import org.turnd.stun.RestCredential;

/// What a web application passes to `new RTCPeerConnection(...)`.
///
/// @param urls `turn:` and `turns:` URIs, the cheapest way first
record RtcConfiguration(List<String> urls, RestCredential credential) {
    RtcConfiguration {
        urls = List.copyOf(urls);
    }

    /// Returns it as JSON, with the password in the clear: this is what it is for.
    String json() {
        Map<String, Object> server =
                Map.of(
                        "urls", urls,
                        "username", credential.username(),
                        "credential", credential.password());
        return ConfigValueFactory.fromMap(Map.of("iceServers", List.of(server)))
                .render(ConfigRenderOptions.concise().setFormatted(true))
                .stripTrailing();
    }
}
