package org.turnd.cli.check;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IceServerUri;

/// What is being checked, for those who judge what came of it.
///
/// @param uri as given
/// @param carrier what is spoken
/// @param credential what is shown, null for nothing
/// @param now when
record Subject(
        IceServerUri uri, Carrier carrier, @Nullable LongTermCredential credential, Instant now) {
    /// Returns the port as people call it: `UDP port 3478`.
    String port() {
        return (carrier == Carrier.UDP || carrier == Carrier.DTLS ? "UDP" : "TCP")
                + " port "
                + uri.port();
    }
}
