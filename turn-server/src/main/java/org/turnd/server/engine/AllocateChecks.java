package org.turnd.server.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunMessage;

/// What can be said of an Allocate from its attributes alone: steps 3 to 9 of RFC 8656 §7.2.
final class AllocateChecks {
    private static final Answer.Refusal BAD_REQUEST =
            Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_REQUEST);

    /// The answer of a server that can't do what DONT-FRAGMENT asks for.
    static final Answer.Refusal DONT_FRAGMENT_UNKNOWN =
            Answer.Refusal.of(
                    ErrorReason.UNKNOWN_ATTRIBUTE,
                    RefusalCause.UNKNOWN_ATTRIBUTE,
                    new UnknownAttributes(List.of(AttributeType.DONT_FRAGMENT)));

    private AllocateChecks() {}

    /// Returns what is wrong first, in the RFC's order, or null.
    ///
    /// @param setsDontFragment whether the data plane can set DF
    static Answer.@Nullable Refusal check(
            Request request, RelayTransports allowed, boolean setsDontFragment) {
        StunMessage message = request.message();
        Answer.Refusal wrongTransport = checkTransport(request, allowed);
        if (wrongTransport != null) {
            return wrongTransport;
        }
        // Step 4. F-04, F-05.
        if (message.has(AttributeType.DONT_FRAGMENT)
                && (!setsDontFragment
                        || Fragmentation.needsReceivedDontFragment(request.client(), message))) {
            return DONT_FRAGMENT_UNKNOWN;
        }
        boolean even = message.has(AttributeType.EVEN_PORT);
        boolean requestsFamily = message.has(AttributeType.REQUESTED_ADDRESS_FAMILY);
        boolean addsFamily = message.has(AttributeType.ADDITIONAL_ADDRESS_FAMILY);
        // Step 5. F-06.
        if (message.has(AttributeType.RESERVATION_TOKEN)
                && (even || requestsFamily || addsFamily)) {
            return BAD_REQUEST;
        }
        // Step 6. F-09.
        if (requestsFamily && addsFamily) {
            return BAD_REQUEST;
        }
        if (isAnyMalformed(message)) {
            return BAD_REQUEST;
        }
        // Step 8. F-12.
        EvenPort evenPort = message.first(EvenPort.class);
        if (evenPort != null && evenPort.reserveNext() && addsFamily) {
            return BAD_REQUEST;
        }
        // Step 9. F-15.
        AdditionalAddressFamily additional = message.first(AdditionalAddressFamily.class);
        if (additional != null && additional.family() != AddressFamily.IPV6.code()) {
            return additional.family() == AddressFamily.IPV4.code()
                    ? BAD_REQUEST
                    : Answer.Refusal.of(
                            ErrorReason.ADDRESS_FAMILY_NOT_SUPPORTED,
                            RefusalCause.UNSUPPORTED_FAMILY);
        }
        return null;
    }

    /// Returns what RFC 8016 §3.1.2 has against an Allocate, or null.
    static Answer.@Nullable Refusal checkMobility(StunMessage message, boolean allowed) {
        MobilityTicket wanted = message.first(MobilityTicket.class);
        if (wanted == null) {
            return null;
        }
        // M-02: also where mobility is off.
        if (wanted.value().length() > 0) {
            return BAD_REQUEST;
        }
        // M-01: "off" is the operator's policy. A client that would rather do without asks again
        // without the attribute.
        return allowed
                ? null
                : Answer.Refusal.of(
                        ErrorReason.MOBILITY_FORBIDDEN, RefusalCause.MOBILITY_FORBIDDEN);
    }

    /// Says whether a checked Allocate is for a TCP relay (RFC 6062 §4.1).
    static boolean asksForTcp(StunMessage message) {
        RequestedTransport transport = message.first(RequestedTransport.class);
        return transport != null && transport.protocol() == RequestedTransport.TCP;
    }

    // Step 3, and RFC 6062 §5.1.
    private static Answer.@Nullable Refusal checkTransport(
            Request request, RelayTransports allowed) {
        StunMessage message = request.message();
        RequestedTransport transport = message.first(RequestedTransport.class);
        // F-02.
        if (transport == null) {
            return BAD_REQUEST;
        }
        if (transport.protocol() == RequestedTransport.UDP) {
            // L-03.
            return allowed.udp()
                    ? null
                    : Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.TRANSPORT_DENIED);
        }
        // F-03.
        if (transport.protocol() != RequestedTransport.TCP || !allowed.tcp()) {
            return Answer.Refusal.of(
                    ErrorReason.UNSUPPORTED_TRANSPORT_PROTOCOL, RefusalCause.UNSUPPORTED_TRANSPORT);
        }
        // L-01, L-02.
        return request.client().transport().isDatagram()
                        || message.has(AttributeType.DONT_FRAGMENT)
                        || message.has(AttributeType.EVEN_PORT)
                        || message.has(AttributeType.RESERVATION_TOKEN)
                ? BAD_REQUEST
                : null;
    }

    private static boolean isAnyMalformed(StunMessage message) {
        return message.invalid(AttributeType.RESERVATION_TOKEN) != null
                || message.invalid(AttributeType.EVEN_PORT) != null
                || message.invalid(AttributeType.REQUESTED_ADDRESS_FAMILY) != null
                || message.invalid(AttributeType.ADDITIONAL_ADDRESS_FAMILY) != null
                || message.invalid(AttributeType.LIFETIME) != null;
    }
}
