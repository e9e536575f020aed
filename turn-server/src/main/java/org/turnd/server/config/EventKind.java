package org.turnd.server.config;

import java.util.Locale;

/// What the audit trail and webhooks can tell of.
public enum EventKind {
    ALLOCATION_CREATED("An allocation was made."),
    ALLOCATION_REFRESHED("A client has prolonged its allocation."),
    ALLOCATION_ENDED("An allocation is over."),
    PEER_PERMITTED(
            "A peer may exchange data with the client from now on. When the permission is prolonged,"
                    + " nothing is told."),
    CLIENT_MOVED("A client with `mobility` has come from another address."),
    PEER_CONNECTED("A connection between a TCP relay and a peer is open."),
    PEER_CONNECTION_ENDED("A connection between a TCP relay and a peer is over.");

    private final String doc;

    EventKind(String doc) {
        this.doc = doc;
    }

    /// What has happened, a sentence.
    public String doc() {
        return doc;
    }

    /// The name in logs, in JSON and in the configuration: `allocation_created`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
