package org.turnd.cli;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.turnd.stun.RestCredential;

/// What a web application passes to `new RTCPeerConnection(...)`.
///
/// @param urls `turn:` and `turns:` URIs, the cheapest way first
/// @param credential the other fields of the `RTCIceServer`, secrets in the clear: this is what it
///   is for
record RtcConfiguration(List<String> urls, Map<String, Object> credential) {
    RtcConfiguration {
        urls = List.copyOf(urls);
        credential = Map.copyOf(credential);
    }

    RtcConfiguration(List<String> urls, RestCredential credential) {
        this(urls, Map.of("username", credential.username(), "credential", credential.password()));
    }

    RtcConfiguration(List<String> urls, OAuthCredential credential) {
        this(urls, credential.fields());
    }

    /// Returns it as JSON.
    String json() {
        var server = new HashMap<>(credential);
        server.put("urls", urls);
        return ConfigValueFactory.fromMap(Map.of("iceServers", List.of(server)))
                .render(ConfigRenderOptions.concise().setFormatted(true))
                .stripTrailing();
    }
}
