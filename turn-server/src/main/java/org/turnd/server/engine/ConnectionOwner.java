package org.turnd.server.engine;

/// Whose a peer data connection is (RFC 6062 §3). Immutable; read on every shard.
public final class ConnectionOwner {
    private final int shard;
    private final ClientPath control;
    private final Principal principal;

    /// @param shard the shard that has the connection
    /// @param control the control connection of its allocation
    /// @param principal who made the allocation
    ConnectionOwner(int shard, ClientPath control, Principal principal) {
        this.shard = shard;
        this.control = control;
        this.principal = principal;
    }

    /// The shard that has the connection.
    public int shard() {
        return shard;
    }

    /// The realm of the user who made the allocation.
    public ServedRealm realm() {
        return principal.realm();
    }

    /// The user who made the allocation.
    public String username() {
        return principal.username();
    }

    ClientPath control() {
        return control;
    }

    Principal principal() {
        return principal;
    }

    /// Says whether a client has the same IP address as the control connection.
    boolean isAtHostOf(ClientPath client) {
        return control.client().withPort(0).equals(client.client().withPort(0));
    }
}
