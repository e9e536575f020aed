package org.turnd.server.engine;

/// A realm beside the default one, and its users.
///
/// @param name the REALM of the long-term credential mechanism, already OpaqueString-prepared
/// @param credentials its own users, who are no other realm's
public record RealmUsers(String name, Credentials credentials) {}
