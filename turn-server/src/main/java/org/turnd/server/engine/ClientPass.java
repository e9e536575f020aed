package org.turnd.server.engine;

/// What one shard passes to another about a client that has moved (RFC 8016). The shard that its
/// messages reach is the client's home; the other one has its allocation.
public enum ClientPass {
    /// A message of the client, from its home: [Roaming#onPassedMessage].
    MESSAGE,
    /// The client can't be reached any more, from its home: [Roaming#onPassedClosed].
    CLOSED,
    /// Whether the client's messages are to come to this shard, and until when; with an answer for
    /// the client, or empty: [Roaming#onTold].
    TOLD,
    /// Data for the client's connection. No engine sees it.
    DATA,
    /// A [#MESSAGE] that the other shard has no use for: [Roaming#onReturned].
    RETURNED
}
