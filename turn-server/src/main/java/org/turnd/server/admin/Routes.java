package org.turnd.server.admin;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.turnd.server.config.AdminSettings;

/// The table of all that can be asked of the admin API.
final class Routes {
    private Routes() {}

    /// Returns every route, in the order of the reference.
    static List<Route> of(
            AdminDaemon daemon,
            AdminSettings settings,
            InstantSource clock,
            LongSupplier nanoClock) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new SessionRoutes(daemon, clock).all());
        routes.addAll(new UserRoutes(daemon).all());
        routes.addAll(new DaemonRoutes(daemon).all());
        routes.addAll(new CredentialRoutes(daemon, settings, clock, nanoClock).all());
        return List.copyOf(routes);
    }
}
