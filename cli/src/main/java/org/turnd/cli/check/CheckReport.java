package org.turnd.cli.check;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IceServerUri;
import org.turnd.stun.TransportAddress;

/// What a server made of one URL at one of its addresses.
///
/// @param url as it was given
/// @param server the address that was spoken to, null if the name has none
/// @param software what the server says it is, empty if it does not say
/// @param mapped the client as the server sees it, null if it did not say
/// @param relayed where peers would reach the client, null if nothing was allocated
/// @param tls the TLS session, null without one
/// @param steps in their order; the last one may have failed
/// @param abilities what else the server can do, and cannot
public record CheckReport(
        String url,
        @Nullable TransportAddress server,
        String software,
        @Nullable TransportAddress mapped,
        @Nullable TransportAddress relayed,
        @Nullable TlsFacts tls,
        List<CheckStep> steps,
        List<Ability> abilities) {
    /// Copies the lists.
    public CheckReport {
        steps = List.copyOf(steps);
        abilities = List.copyOf(abilities);
    }

    static CheckReport withoutServer(IceServerUri uri, CheckStep step) {
        return new CheckReport(
                uri.toString(), null, "", null, null, null, List.of(step), List.of());
    }

    /// Tells whether clients can use the URL. No client counts on an ability.
    public boolean isGood() {
        return steps.stream().noneMatch(step -> step.verdict() == CheckStep.Verdict.FAILED);
    }
}
