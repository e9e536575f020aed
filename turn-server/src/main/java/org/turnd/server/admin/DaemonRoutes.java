package org.turnd.server.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.turnd.server.TurnServer;
import org.turnd.server.Version;
import org.turnd.server.config.EffectiveValue;
import org.turnd.server.config.ServerSettings.LogLevel;
import org.turnd.server.net.ShardStatus;

/// What can be asked of the daemon as a whole.
final class DaemonRoutes {
    private final AdminDaemon daemon;

    DaemonRoutes(AdminDaemon daemon) {
        this.daemon = daemon;
    }

    List<Route> all() {
        return List.of(
                Route.get(
                        "/v1/health",
                        "showHealth",
                        "Shows how the server is.",
                        ApiTypes.HEALTH,
                        request -> done(health())),
                Route.get(
                        "/v1/drain",
                        "showDrain",
                        "Says whether new allocations are refused.",
                        ApiTypes.DRAIN,
                        request -> done(drain())),
                Route.put(
                        "/v1/drain",
                        "startDrain",
                        "Refuses new allocations from now on; sessions go on to their end. The"
                                + " server doesn't stop.",
                        ApiTypes.DRAIN,
                        request -> {
                            daemon.drain();
                            return done(drain());
                        }),
                Route.delete(
                        "/v1/drain",
                        "endDrain",
                        "Takes new allocations again.",
                        request -> {
                            daemon.undrain();
                            return CompletableFuture.completedFuture(Reply.nothing());
                        }),
                Route.get(
                        "/v1/log-level",
                        "showLogLevel",
                        "Says from which level on lines are logged.",
                        ApiTypes.LOG_LEVEL,
                        request -> done(logLevel())),
                Route.put(
                                "/v1/log-level",
                                "setLogLevel",
                                "Logs from this level on, until it changes again, here or in the"
                                        + " configuration, or a restart.",
                                ApiTypes.LOG_LEVEL,
                                this::setLogLevel)
                        .taking(ApiTypes.LOG_LEVEL),
                Route.get(
                        "/v1/config",
                        "showConfiguration",
                        "Shows what takes effect, and where each value comes from.",
                        ApiTypes.CONFIGURATION,
                        request -> done(configuration())),
                Route.post(
                        "/v1/reload",
                        "reload",
                        "Reads the configuration and what it names again. When something is wrong"
                                + " with it nothing changes, and the answer says why.",
                        ApiTypes.RELOAD,
                        request -> done(reload())));
    }

    private static CompletableFuture<Reply> done(JsonObject body) {
        return CompletableFuture.completedFuture(Reply.ok(body));
    }

    private JsonObject health() {
        TurnServer server = daemon.server();
        List<String> missing = daemon.missing();
        var json = new JsonObject();
        json.addProperty("version", Version.text());
        json.addProperty("ready", missing.isEmpty());
        json.add("missing", Views.texts(missing));
        json.add("stuck", Views.texts(daemon.stuck()));
        json.add("degraded", Views.texts(daemon.degraded()));
        json.addProperty("uptime_seconds", daemon.uptime().toSeconds());
        json.addProperty("sessions", server.allocationCount());
        json.addProperty(
                "connections",
                server.shards().stream().mapToInt(ShardStatus::streamConnections).sum());
        json.add(
                "listeners",
                Views.texts(
                        server.listeners().stream()
                                .map(one ->
                                        one.protocol().name().toLowerCase(Locale.ROOT)
                                                + " "
                                                + one.address())
                                .toList()));
        return json;
    }

    private JsonObject drain() {
        var json = new JsonObject();
        json.addProperty("draining", daemon.server().isDraining());
        json.addProperty("sessions", daemon.server().allocationCount());
        return json;
    }

    private JsonObject logLevel() {
        var json = new JsonObject();
        json.addProperty("level", text(daemon.logLevel()));
        return json;
    }

    private CompletableFuture<Reply> setLogLevel(ApiRequest request) throws ApiProblem {
        String wanted = request.text("level");
        for (LogLevel level : LogLevel.values()) {
            if (text(level).equals(wanted)) {
                daemon.setLogLevel(level);
                return done(logLevel());
            }
        }
        throw new ApiProblem(400, "level must be error, warn, info or debug");
    }

    private static String text(LogLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private JsonObject configuration() {
        var settings = new JsonArray();
        for (EffectiveValue value : daemon.configuration()) {
            var setting = new JsonObject();
            setting.addProperty("key", value.key());
            setting.addProperty("value", value.text());
            setting.addProperty("origin", value.origin().toString());
            settings.add(setting);
        }
        var json = new JsonObject();
        json.add("settings", settings);
        return json;
    }

    private JsonObject reload() {
        AdminDaemon.Reload reload = daemon.reload();
        var json = new JsonObject();
        json.addProperty("done", reload.done());
        json.add("changed", Views.texts(reload.changed()));
        json.add("needs_restart", Views.texts(reload.needRestart()));
        json.add("warnings", Views.texts(reload.warnings()));
        json.add("problems", Views.texts(reload.problems()));
        return json;
    }
}
