package org.turnd.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;

/// The URIs under which clients find a server (RFC 7065).
final class IceServerUrls {
    private IceServerUrls() {}

    /// Returns a URI for each way to reach these listeners: UDP first, then TCP, then TLS, each
    /// port once.
    ///
    /// @param host the name or address that clients use for all of them, IPv6 without brackets
    /// @param hasCertificate TCP listeners take TLS as well
    static List<String> of(List<Listener> listeners, String host, boolean hasCertificate) {
        var urls = new LinkedHashSet<String>();
        for (int port : ports(listeners, Protocol.UDP)) {
            urls.add("turn:" + authority(host, port) + "?transport=udp");
        }
        for (int port : ports(listeners, Protocol.TCP)) {
            urls.add("turn:" + authority(host, port) + "?transport=tcp");
        }
        List<Integer> secure = new ArrayList<>(ports(listeners, Protocol.TLS));
        if (secure.isEmpty() && hasCertificate) {
            secure.addAll(ports(listeners, Protocol.TCP));
        }
        for (int port : secure) {
            urls.add("turns:" + authority(host, port) + "?transport=tcp");
        }
        return List.copyOf(urls);
    }

    private static List<Integer> ports(List<Listener> listeners, Protocol protocol) {
        return listeners.stream()
                // What the proxy is called, this server doesn't know.
                .filter(listener -> listener.protocol() == protocol && !listener.proxied())
                .map(listener -> listener.address().port())
                .distinct()
                .toList();
    }

    private static String authority(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
