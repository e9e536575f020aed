package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.Redirect.Occasion;
import org.turnd.server.engine.Redirect.Target;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AlternateDomain;
import org.turnd.stun.StunAttribute.AlternateServer;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Answers 300 (Try Alternate) to an Allocate that shall go elsewhere (RFC 8489 §10).
final class Redirector {
    private Redirect redirect;
    private final BitSet anycastListeners = new BitSet();

    Redirector(Redirect redirect) {
        this.redirect = redirect;
    }

    /// Sends clients elsewhere from now on.
    void use(Redirect next) {
        redirect = next;
    }

    /// Says which listeners are at an anycast address: nobody is served there.
    void serveAnycast(BitSet listeners) {
        anycastListeners.or(listeners);
    }

    /// Says whether clients are sent elsewhere before anybody knows who they are: W-03, and at
    /// anycast addresses, where the next packet may come to another server (C-15).
    boolean takesStrangers(ClientPath client) {
        return redirect.beforeAuthentication() || isAnycast(client);
    }

    // T-03 (RFC 8155 §6).
    private boolean isAnycast(ClientPath client) {
        return client.transport() == Transport.UDP && anycastListeners.get(client.listener());
    }

    /// Returns the refusal that every client gets here, or null when the server serves them.
    Answer.@Nullable Refusal always(Request request) {
        return isAnycast(request.client())
                ? refusal(redirect.unicast(), null, request)
                : on(Occasion.ALWAYS, request);
    }

    /// Returns the refusal on this occasion, or null when the client stays here. F-27.
    Answer.@Nullable Refusal on(Occasion occasion, Request request) {
        return redirect.when().contains(occasion)
                ? refusal(redirect.targets(), redirect.domain(), request)
                : null;
    }

    private static Answer.@Nullable Refusal refusal(
            List<Target> targets, @Nullable String domain, Request request) {
        Transport transport = request.client().transport();
        boolean encrypted = transport == Transport.TLS || transport == Transport.DTLS;
        // who can't be told the name would only refuse the certificate.
        String told = encrypted ? domain : null;
        if (told != null && !isProvenWithSha256(request)) {
            return null;
        }
        boolean ipv4 = request.client().client().isIpv4();
        TransportAddress first = choose(targets, transport, ipv4, request);
        // the client's own family is a must, the other one comes second.
        if (first == null) {
            return null;
        }
        List<StunAttribute> attributes = new ArrayList<>();
        attributes.add(new AlternateServer(first));
        TransportAddress second = choose(targets, transport, !ipv4, request);
        if (second != null) {
            attributes.add(new AlternateServer(second));
        }
        if (told != null) {
            attributes.add(new AlternateDomain(told));
        }
        return new Answer.Refusal(ErrorReason.TRY_ALTERNATE, RefusalCause.REDIRECTED, attributes);
    }

    private static boolean isProvenWithSha256(Request request) {
        return request.principal() != null
                && request.message().has(AttributeType.MESSAGE_INTEGRITY_SHA256);
    }

    /// One of several at random, and the same one for each copy of a request.
    private static @Nullable TransportAddress choose(
            List<Target> targets, Transport transport, boolean ipv4, Request request) {
        List<Target> fitting =
                targets.stream()
                        .filter(target -> target.serves(transport))
                        .filter(target -> target.address().isIpv4() == ipv4)
                        .toList();
        if (fitting.isEmpty()) {
            return null;
        }
        TransactionId id = request.message().transactionId();
        int draw = Math.floorMod(Hash.of(0, id.high(), id.low(), 0), fitting.size());
        return fitting.get(draw).address();
    }
}
