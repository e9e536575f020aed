package org.turnd.server.engine;

/// What one shard passes to another about a client that has moved (RFC 8016). The shard that its
/// messages reach is the client's home; the other one has its allocation.
public enum ClientPass {
    /// A message of the client, from its home: [TurnEngine#onPassedMessage].
    MESSAGE,
    /// The client can't be reached any more, from its home: [TurnEngine#onPassedClosed].
    CLOSED,
    /// Whether the client's messages are to come to this shard, and until when; with an answer for
    /// the client, or empty: [TurnEngine#onTold].
    TOLD,
    /// Data for the client's connection. No engine sees it.
    DATA,
    /// A [#MESSAGE] that the other shard has no use for: [TurnEngine#onReturned].
    RETURNED
}
