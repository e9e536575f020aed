package org.turnd.server.admin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.concurrent.ImmediateEventExecutor;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.fuzz.HttpAnswers;
import org.turnd.server.net.TestSettings;

/// One connection to the TCP listener of the admin API, from somebody who has no token: one answer
/// at most, and nothing but the API's description; never that the server failed.
public final class AdminTarget {
    private static final AdminSettings SETTINGS =
            new AdminSettings(
                    List.of(TestSettings.address("127.0.0.1", 8080)),
                    null,
                    new Secret("a-token-that-nobody-has-71x"),
                    List.of(new Secret("an-applications-that-nobody-has-8")),
                    List.of("https://app.example.org"),
                    List.of(),
                    List.of(),
                    Duration.ofHours(1),
                    Duration.ofHours(2),
                    1);
    private static final AdminApi API =
            new AdminApi(untouched(), SETTINGS, InstantSource.system(), () -> 0);
    private static final String DESCRIPTION = "GET " + AdminApi.OPEN_API_PATH;

    private AdminTarget() {}

    /// A daemon that no stranger gets to.
    private static AdminDaemon untouched() {
        Object proxy =
                Proxy.newProxyInstance(
                        AdminDaemon.class.getClassLoader(),
                        new Class<?>[] {AdminDaemon.class},
                        (daemon, method, arguments) -> {
                            throw new IllegalStateException(method.getName() + " by a stranger");
                        });
        return (AdminDaemon) proxy;
    }

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var control = new AccessControl(SETTINGS, () -> 0);
        int status =
                HttpAnswers.status(
                        input, AdminServer.handlers(API, control, ImmediateEventExecutor.INSTANCE));
        boolean mayBeTold =
                new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1)
                        .contains(DESCRIPTION);
        boolean isAllowed = status == 204 || (status == 200 && mayBeTold);
        assertTrue(status == 0 || isAllowed || status >= 400, () -> "answered " + status);
        assertTrue(status != 500, "the API failed");
    }
}
