package org.turnd.server.config;

import java.util.List;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.TransportAddress;

/// A realm beside the default one: clients of some listeners, with users of their own.
///
/// @param name the REALM of the long-term credential mechanism
/// @param listeners the addresses whose clients are in it; a wildcard stands for every address of
///   its family with that port
/// @param secrets shared secrets of time-limited credentials; any of them validates
/// @param users long-term users
/// @param limits what all its users may have together, and each of them
public record RealmSettings(
        String name,
        List<TransportAddress> listeners,
        List<Secret> secrets,
        List<User> users,
        Limits limits) {
    public RealmSettings {
        listeners = List.copyOf(listeners);
        secrets = List.copyOf(secrets);
        users = List.copyOf(users);
    }

    /// What a realm may have of the server.
    ///
    /// @param allocations allocations at most of all its users; 0 for no bound but the server's
    /// @param allocationsPerUser allocations at most of one user name; 0 for what users of the
    ///   default realm may have
    /// @param bandwidth bytes a second at most, each way, of all its users; 0 for no bound but the
    ///   server's
    /// @param bandwidthPerUser the same of one user name; 0 for what users of the default realm may
    ///   have
    public record Limits(
            int allocations, int allocationsPerUser, int bandwidth, int bandwidthPerUser) {
        /// Those of the server alone.
        public static final Limits NONE = new Limits(0, 0, 0, 0);
    }

    /// Returns the realm of a listener's clients: 0 for the default one, else its place in the list
    /// plus 1. An address that is named by itself goes before a wildcard.
    public static int indexOf(List<RealmSettings> realms, TransportAddress listener) {
        for (int i = 0; i < realms.size(); i++) {
            if (realms.get(i).listeners().contains(listener)) {
                return i + 1;
            }
        }
        for (int i = 0; i < realms.size(); i++) {
            if (realms.get(i).listeners().stream().anyMatch(one -> isWildcardOf(one, listener))) {
                return i + 1;
            }
        }
        return 0;
    }

    /// Says whether an address is the wildcard of another's family and port.
    static boolean isWildcardOf(TransportAddress wildcard, TransportAddress address) {
        return wildcard.port() == address.port()
                && wildcard.family() == address.family()
                && wildcard.toInetAddress().isAnyLocalAddress();
    }
}
