package org.turnd.cli.check;

import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// Application data from a peer.
///
/// @param peer who sent it
/// @param channel the channel it came on, 0 for a Data indication
/// @param data the bytes
public record ReceivedData(TransportAddress peer, int channel, Octets data) {}
