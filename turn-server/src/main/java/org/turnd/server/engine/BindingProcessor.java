package org.turnd.server.engine;

import java.util.List;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunView;

/// Binding (RFC 8489 §12): tells the client where it seems to be, and asks for no credentials.
final class BindingProcessor {
    private final EngineCounters counters;
    private final UnderstoodAttributes understood;
    private final NatDiscovery discovery;
    private final Responder responder;

    BindingProcessor(
            EngineCounters counters,
            UnderstoodAttributes understood,
            NatDiscovery discovery,
            Responder responder) {
        this.counters = counters;
        this.understood = understood;
        this.discovery = discovery;
        this.responder = responder;
    }

    /// @param view the request's
    void answer(Request request, StunView view) {
        if (discovery.isServedAt(request.client())) {
            discovery.answer(request, view);
            return;
        }
        List<Integer> unknown = understood.unknownIn(view);
        if (!unknown.isEmpty()) {
            responder.respond(request, UnderstoodAttributes.refusal(unknown));
            return;
        }
        counters.increment(Counter.BINDING_REQUESTS);
        responder.respond(
                request, Answer.Success.of(new XorMappedAddress(request.client().client())));
    }
}
