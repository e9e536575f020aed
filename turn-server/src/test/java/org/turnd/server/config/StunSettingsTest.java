package org.turnd.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.ServerSettings.Stun;
import org.turnd.server.config.ServerSettings.Switch;

/// What Binding does beyond RFC 8489.
class StunSettingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private ConfigFixture config;

    @BeforeEach
    void makeFixture() {
        config = new ConfigFixture(directory);
    }

    @Test
    @Tag("B-07")
    void classicStunIsOffUntilItIsSwitchedOnAndSaysSo() {
        assertEquals(Stun.PLAIN, config.loaded("").settings().stun());
        ConfigResult.Loaded on = config.loaded("classic-stun = on");
        assertEquals(Switch.ON, on.settings().stun().classic());
        assertTrue(
                on.warnings().stream().anyMatch(line -> line.startsWith("classic-stun = on")),
                () -> on.warnings().toString());
        assertEquals(Stun.PLAIN, config.loaded("classic-stun = off").settings().stun());
    }
}
