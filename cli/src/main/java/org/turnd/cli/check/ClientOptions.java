package org.turnd.cli.check;

import org.jspecify.annotations.Nullable;

/// How a client behaves towards its server.
///
/// @param credential shown when the server asks, null for none
/// @param retransmission patience
/// @param trust whose certificates are good, for TLS
public record ClientOptions(
        @Nullable LongTermCredential credential, Retransmission retransmission, TlsTrust trust) {
    /// Returns options with the patience of RFC 8489 and the Java runtime's authorities.
    public static ClientOptions of(@Nullable LongTermCredential credential) {
        return new ClientOptions(
                credential, Retransmission.RFC_8489, TlsTrust.ofDefaultAuthorities());
    }

    /// Returns the same options with another trust.
    public ClientOptions trusting(TlsTrust other) {
        return new ClientOptions(credential, retransmission, other);
    }

    /// Returns the same options with another patience.
    public ClientOptions repeating(Retransmission other) {
        return new ClientOptions(credential, other, trust);
    }
}
