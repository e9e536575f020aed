package org.turnd.cli.doctor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.server.config.ServerSettings;
import org.turnd.stun.TransportAddress;

/// The server that is looked at, and with what.
///
/// @param settings what it is told
/// @param warnings what reading the configuration said besides
/// @param host the name that clients use for it, null when nobody said
/// @param stunServer a STUN server elsewhere that tells which address packets come from, null for
///   none
/// @param client how its listeners are asked
/// @param local the addresses of this machine
/// @param kernel what the kernel says of itself
record Patient(
        ServerSettings settings,
        List<String> warnings,
        @Nullable String host,
        @Nullable Endpoint stunServer,
        ClientOptions client,
        List<TransportAddress> local,
        KernelFacts kernel) {
    Patient {
        warnings = List.copyOf(warnings);
        local = List.copyOf(local);
    }
}
