package org.turnd.server.engine;

/// Which peers may be reached (CONFORMANCE S-01 to S-06). Immutable; safe on every thread; does not
/// allocate.
///
/// Addresses are the 128 bits of an IPv6 address; IPv4 is its IPv4-mapped form. The engine itself
/// lets relayed addresses of this server through, whatever the policy says of them.
public interface PeerPolicy {
    /// Says whether a permission for this IP address may be installed.
    boolean permits(long high, long low);

    /// Says whether data may be sent to this transport address.
    boolean permits(long high, long low, int port);
}
