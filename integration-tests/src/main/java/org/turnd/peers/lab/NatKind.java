package org.turnd.peers.lab;

/// What stands between a peer and the internet (RFC 4787's terms in brackets).
public enum NatKind {
    /// Every destination is given a mapping of its own on a random port (address- and
    /// port-dependent mapping and filtering). Two of these cannot meet without a relay.
    SYMMETRIC,
    /// One mapping for all destinations; lets in only who was sent to before (endpoint-independent
    /// mapping, address- and port-dependent filtering).
    PORT_RESTRICTED,
    /// One mapping for all destinations; lets in anybody (endpoint-independent mapping and
    /// filtering). UDP only: TCP is as for [#PORT_RESTRICTED].
    FULL_CONE,
    /// A public address and no filter.
    NONE;

    /// Returns the name as written on a command line.
    ///
    /// @return for example `port-restricted`
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
