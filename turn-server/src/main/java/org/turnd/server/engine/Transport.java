package org.turnd.server.engine;

/// How a client reaches the server, as the five-tuple knows it (RFC 8656 §2, §3.1).
public enum Transport {
    UDP,
    TCP,
    TLS,
    DTLS;

    /// Says whether requests may be lost and are therefore sent again by the client (RFC 8489
    /// §6.2.1).
    public boolean isDatagram() {
        return this == UDP || this == DTLS;
    }

    /// Says whether a five-tuple lives as long as a connection or a session, known by its id.
    public boolean hasConnection() {
        return this != UDP;
    }
}
