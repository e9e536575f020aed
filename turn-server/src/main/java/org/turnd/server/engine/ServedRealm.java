package org.turnd.server.engine;

/// One of the realms that a server serves. The realm of a client is that of its connection or
/// listener, so it never changes.
///
/// @param index its place among the server's realms; 0 is the one of clients that no other claims
/// @param name the REALM of the long-term credential mechanism, already OpaqueString-prepared
public record ServedRealm(int index, String name) {
    /// The index of the realm of all clients that no other realm claims.
    public static final int DEFAULT = 0;
}
