package org.turnd.server.config;

import static org.turnd.server.config.ValueTypes.NONE;

import java.time.Duration;
import java.util.Optional;
import org.turnd.stun.IceServerUri;
import org.turnd.stun.IceServerUri.Scheme;
import org.turnd.stun.TransportAddress;

/// The keys of the addresses that peers are told, `relay.external-*`. [Schema] lists them among all
/// others.
final class ExternalSchema {
    static final Setting<Optional<ExternalAddress>> IPV4 =
            Setting.of(
                            "relay.external-ipv4",
                            ValueTypes.orWord(NONE, type(true)),
                            NONE,
                            "The public address that a 1:1 NAT, as clouds have it, maps to `relay.ipv4`."
                                    + " Clients and peers are told this one. A host name stands for its"
                                    + " address; `stun:stun.example.org` for what that STUN server sees,"
                                    + " asked over UDP from `relay.ipv4`. Both are looked up before the"
                                    + " server listens, which fails when there is no answer within some"
                                    + " seconds, and again every `relay.external-refresh`.")
                    .live();
    static final Setting<Optional<ExternalAddress>> IPV6 =
            Setting.of(
                            "relay.external-ipv6",
                            ValueTypes.orWord(NONE, type(false)),
                            NONE,
                            "As `relay.external-ipv4`, for `relay.ipv6`.")
                    .live();
    static final Setting<Optional<Duration>> REFRESH =
            Setting.of(
                            "relay.external-refresh",
                            ValueTypes.orWord(
                                    NONE,
                                    ValueTypes.duration(
                                            Duration.ofSeconds(10), Duration.ofHours(24))),
                            "1m",
                            "How often the external addresses that a name or a STUN server stands for"
                                    + " are looked up again. New allocations are told what is found;"
                                    + " those that exist keep what they were told. While nobody"
                                    + " answers the last address stays. A name is remembered for half"
                                    + " a minute besides. A reload looks up at once; with `none`"
                                    + " nothing else does.")
                    .live();

    private ExternalSchema() {}

    private static ValueType<ExternalAddress> type(boolean ipv4) {
        ValueType<TransportAddress> addresses = ValueTypes.ipAddress(ipv4);
        return new ValueType<>() {
            @Override
            public ExternalAddress parse(String text) throws Mismatch {
                if (text.startsWith("stun:") || text.startsWith("stuns:")) {
                    return new ExternalAddress.Seen(server(text));
                }
                return ListenAddress.isName(text)
                        ? new ExternalAddress.Named(text)
                        : new ExternalAddress.Fixed(addresses.parse(text));
            }

            @Override
            public String expected() {
                return "a host name, a STUN server as in stun:stun.example.org:3478, or "
                        + addresses.expected();
            }
        };
    }

    private static IceServerUri server(String text) throws ValueType.Mismatch {
        return switch (IceServerUri.parse(text)) {
            case IceServerUri.Valid valid when valid.uri().scheme() == Scheme.STUN -> valid.uri();
            case IceServerUri.Valid _ ->
                    throw new ValueType.Mismatch("write stun: for a STUN server over UDP");
            case IceServerUri.Problem problem ->
                    throw new ValueType.Mismatch("mend the URI: " + problem.text());
        };
    }
}
