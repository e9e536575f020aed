package org.turnd.server.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.engine.Session;

/// Sessions as JSON, with times instead of durations and addresses instead of indexes.
final class Views {
    private final TurnServer server;
    private final Instant now;

    /// @param now the time that durations are counted from
    Views(TurnServer server, Instant now) {
        this.server = server;
        this.now = now;
    }

    JsonObject session(Session session) {
        var json = new JsonObject();
        json.addProperty("id", session.id().toString());
        json.addProperty("user", session.username());
        String secret = session.source();
        if (secret != null) {
            json.addProperty("secret", secret);
        }
        json.addProperty("realm", session.realm());
        json.addProperty("transport", session.transport().name().toLowerCase(Locale.ROOT));
        json.addProperty("client", session.client().toString());
        json.addProperty("server", listener(session.listener()));
        json.add("relayed", texts(session.relayed()));
        json.addProperty("relay_transport", session.isTcpRelay() ? "tcp" : "udp");
        json.addProperty("mobile", session.isMobile());
        json.addProperty("away", session.isAbandoned());
        json.addProperty("permissions", session.permissions());
        json.addProperty("channels", session.channels());
        json.addProperty("connections", session.connections());
        json.addProperty("created", text(now.minus(session.age())));
        json.addProperty("expires", after(session.remaining()));
        json.addProperty("bytes_to_peers", session.bytesToPeers());
        json.addProperty("bytes_to_client", session.bytesToClient());
        json.addProperty("packets_to_peers", session.packetsToPeers());
        json.addProperty("packets_to_client", session.packetsToClient());
        return json;
    }

    JsonObject details(Session.Details details) {
        var permissions = new JsonArray();
        for (Session.Permission permission : details.permissions()) {
            var json = new JsonObject();
            json.addProperty("peer", permission.peer().host());
            json.addProperty("expires", after(permission.remaining()));
            permissions.add(json);
        }
        var channels = new JsonArray();
        for (Session.Channel channel : details.channels()) {
            var json = new JsonObject();
            json.addProperty("number", "0x%04X".formatted(channel.number()));
            json.addProperty("peer", channel.peer().toString());
            json.addProperty("expires", after(channel.remaining()));
            channels.add(json);
        }
        var json = new JsonObject();
        json.add("session", session(details.session()));
        json.add("permissions", permissions);
        json.add("channels", channels);
        return json;
    }

    static JsonArray texts(List<?> values) {
        var array = new JsonArray();
        values.forEach(value -> array.add(value.toString()));
        return array;
    }

    private String listener(int index) {
        List<Listener> listeners = server.listeners();
        return index < listeners.size() ? listeners.get(index).address().toString() : "";
    }

    private String after(Duration remaining) {
        return text(now.plus(remaining));
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
