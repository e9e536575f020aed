package org.turnd.server.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.turnd.server.TurnServer;
import org.turnd.server.config.EffectiveValue;
import org.turnd.server.config.Origin;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.LogLevel;

/// A daemon around a real server.
final class FakeDaemon implements AdminDaemon {
    final List<String> calls = new ArrayList<>();
    List<String> stuck = List.of();
    List<String> degraded = List.of();
    private final TurnServer server;
    volatile ServerSettings settings;
    private LogLevel level = LogLevel.INFO;

    FakeDaemon(TurnServer server, ServerSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    @Override
    public TurnServer server() {
        return server;
    }

    @Override
    public ServerSettings settings() {
        return settings;
    }

    @Override
    public List<EffectiveValue> configuration() {
        return List.of(
                new EffectiveValue("realm", "\"example.org\"", new Origin("default", null, 0)));
    }

    @Override
    public List<String> missing() {
        return server.isDraining() ? List.of("draining") : List.of();
    }

    @Override
    public List<String> stuck() {
        return stuck;
    }

    @Override
    public List<String> degraded() {
        return degraded;
    }

    @Override
    public Duration uptime() {
        return Duration.ofMinutes(1);
    }

    @Override
    public void drain() {
        server.drain();
    }

    @Override
    public void undrain() {
        server.undrain();
    }

    @Override
    public LogLevel logLevel() {
        return level;
    }

    @Override
    public void setLogLevel(LogLevel wanted) {
        level = wanted;
    }

    @Override
    public Reload reload() {
        calls.add("reload");
        return new Reload(
                false,
                List.of(),
                List.of(),
                List.of(),
                List.of("turnd.conf:3: realm: found nothing"));
    }

    @Override
    public List<String> iceUrls() {
        return List.of("turn:127.0.0.1:3478?transport=udp");
    }
}
