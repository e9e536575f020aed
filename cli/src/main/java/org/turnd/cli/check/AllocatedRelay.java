package org.turnd.cli.check;

import org.turnd.stun.TransportAddress;

/// What an Allocate request was granted (RFC 8656 §7.3).
///
/// @param relayed where peers reach the client
/// @param mapped the client as the server sees it
/// @param lifetimeSeconds how long without a Refresh
public record AllocatedRelay(
        TransportAddress relayed, TransportAddress mapped, long lifetimeSeconds) {}
