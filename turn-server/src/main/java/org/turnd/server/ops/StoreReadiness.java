package org.turnd.server.ops;

import java.util.ArrayList;
import java.util.List;
import org.turnd.server.auth.StoreStatus;
import org.turnd.server.auth.StoredUsers;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Switch;

/// What dead stores of users mean to who asks whether a server is ready. They always degrade it.
/// They make it unready only where the settings say so, and nobody could get in: a store is shared
/// by many servers most often, and a load balancer that finds none of them ready cuts the calls
/// that go on, which need no store. Safe on every thread.
public final class StoreReadiness {
    /// What is missing then.
    static final String USER_STORES = "user stores";

    private final StoredUsers users;
    private final boolean isNeeded;

    /// @param auth who else is let in
    public StoreReadiness(StoredUsers users, ServerSettings.Auth auth) {
        this.users = users;
        boolean hasOthers =
                !auth.users().isEmpty() || !auth.secrets().isEmpty() || auth.oauth() != null;
        isNeeded = auth.stores().notReadyWhenDead() == Switch.ON && !hasOthers;
    }

    /// What keeps the server from taking new clients.
    public List<String> missing() {
        return isNeeded && users.knowNobody() ? List.of(USER_STORES) : List.of();
    }

    /// Which stores are dead, and why.
    public List<String> degraded() {
        List<String> dead = new ArrayList<>();
        for (StoreStatus store : users.stores()) {
            if (store.isDead()) {
                dead.add("store %s: %s".formatted(store.name(), store.trouble()));
            }
        }
        return dead;
    }
}
