package org.turnd.server.engine;

import org.turnd.stun.StunAttribute.XorMappedAddress;

/// Binding (RFC 8489 §12): tells the client where it seems to be, and asks for no credentials.
final class BindingProcessor {
    private final EngineCounters counters;

    BindingProcessor(EngineCounters counters) {
        this.counters = counters;
    }

    Answer process(Request request) {
        counters.increment(Counter.BINDING_REQUESTS);
        return Answer.Success.of(new XorMappedAddress(request.client().client()));
    }
}
