package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;

/// The clients of this shard whose allocation is on another one, as that one says. A route lasts as
/// long as the allocation can, so that one whose end was never told goes by itself.
final class Routes {
    private static final int SWEPT_AT_LEAST = 64;

    private final FiveTupleTable<Route> datagrams;
    private final int max;
    private int sweptAt = SWEPT_AT_LEAST;

    /// The way to a client's allocation.
    static final class Route {
        final ClientPath client;
        int owner;
        long untilNanos;

        Route(ClientPath client) {
            this.client = client;
        }
    }

    /// @param max UDP clients at most; a connection brings its own place
    Routes(long seed, int max) {
        datagrams = new FiveTupleTable<>(seed);
        this.max = max;
    }

    /// UDP clients with a route, some of which may have expired.
    int datagramCount() {
        return datagrams.size();
    }

    @Nullable Route find(int listener, long high, long low, int port, long nowNanos) {
        if (datagrams.size() == 0) {
            return null;
        }
        Route route = datagrams.find(listener, high, low, port);
        return route == null || route.untilNanos - nowNanos <= 0 ? null : route;
    }

    /// Makes or changes a route. Returns false when there is no room.
    boolean set(ClientPath client, int owner, long untilNanos, long nowNanos) {
        Route route = known(client);
        if (route == null) {
            route = new Route(client);
            if (!add(route, nowNanos)) {
                return false;
            }
        }
        route.owner = owner;
        route.untilNanos = untilNanos;
        return true;
    }

    /// Forgets a client's route to this shard. One to another shard stays.
    void drop(ClientPath client, int owner) {
        Route route = known(client);
        if (route == null || route.owner != owner) {
            return;
        }
        if (!client.transport().hasConnection()) {
            datagrams.remove(client);
        } else {
            client.route = null;
        }
    }

    private @Nullable Route known(ClientPath client) {
        return client.transport().hasConnection() ? client.route : datagrams.find(client);
    }

    private boolean add(Route route, long nowNanos) {
        ClientPath client = route.client;
        if (client.transport().hasConnection()) {
            client.route = route;
            return true;
        }
        if (datagrams.size() >= sweptAt || datagrams.size() >= max) {
            datagrams.removeIf(old -> old.untilNanos - nowNanos <= 0);
            sweptAt = Math.max(SWEPT_AT_LEAST, 2 * datagrams.size());
        }
        if (datagrams.size() >= max) {
            return false;
        }
        datagrams.put(client, route);
        return true;
    }
}
