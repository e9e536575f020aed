package org.turnd.server.ops;

import java.util.Locale;

/// What there is to be said of an event. The order here is the order in JSON and in log lines.
public enum EventField {
    ID(
            "Names the allocation, for example `1-42`: no other allocation has the name until the"
                    + " server starts again."),
    USERNAME("Who made the allocation; with a token, the name that stands for its user."),
    REALM("The realm of who made the allocation."),
    CLIENT("The client's address and port, as the server sees them."),
    TRANSPORT("How the client talks to the server: `udp`, `tcp`, `tls` or `dtls`."),
    RELAYED("A list: the relayed transport addresses, two when the allocation is dual."),
    RELAY_TRANSPORT("How the server talks to peers: `udp` or `tcp`."),
    PEER("The peer's address; of a connection, with its port."),
    LIFETIME_SECONDS(
            "A number: how long the allocation lives unless it is refreshed. 0 when the client gave up"
                    + " one of two relayed addresses."),
    REASON("Why it ended."),
    DURATION_SECONDS("A number: how long the allocation has lived."),
    BYTES_TO_PEERS("A number: application data relayed that way so far."),
    BYTES_TO_CLIENT("A number: application data relayed that way so far.");

    private final String doc;

    EventField(String doc) {
        this.doc = doc;
    }

    /// What it means, a sentence.
    public String doc() {
        return doc;
    }

    /// The key in logs and in JSON: `bytes_to_peers`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
