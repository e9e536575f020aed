package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.turnd.stun.AttributeType;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.MessageType;
import org.turnd.stun.StunAttribute.MappedAddress;
import org.turnd.stun.StunAttribute.UnknownAttributes;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Binding for clients of RFC 3489, whose messages lack the magic cookie (RFC 5389 §12.2). Binding
/// over UDP is all of RFC 3489 that is left: nothing else without the cookie is answered.
final class ClassicStun {
    private static final int BINDING_REQUEST =
            MessageType.of(StunMethod.BINDING, StunClass.REQUEST);

    /// What RFC 3489 §11.2 defines and may be ignored here. Not RESPONSE-ADDRESS, which would make
    /// a reflector of the server (B-04), nor CHANGE-REQUEST, which [NatDiscovery] knows.
    private static final BitSet UNDERSTOOD = new BitSet();

    static {
        UNDERSTOOD.set(AttributeType.MAPPED_ADDRESS);
        UNDERSTOOD.set(AttributeType.SOURCE_ADDRESS, AttributeType.REFLECTED_FROM + 1);
    }

    private final boolean on;
    private final EngineCounters counters;
    private final NatDiscovery discovery;
    private final Responder responder;
    private final StunView view = new StunView();

    ClassicStun(boolean on, EngineCounters counters, NatDiscovery discovery, Responder responder) {
        this.on = on;
        this.discovery = discovery;
        this.counters = counters;
        this.responder = responder;
    }

    /// Answers a datagram if it is a good Binding request of RFC 3489. Borrows the buffer.
    ///
    /// @return false when it isn't one, or there is no answer to such
    boolean answered(
            int listener,
            long high,
            long low,
            int port,
            ByteBuf buffer,
            int offset,
            int length,
            long nowNanos) {
        if (!on
                || !isClassic(buffer, offset, length)
                || view.messageType() != BINDING_REQUEST
                || !(StunMessage.decode(view) instanceof StunMessage message)) {
            return false;
        }
        ClientPath client = ClientPath.datagram(listener, new TransportAddress(high, low, port));
        // B-02 (RFC 3489 §11.2): it knew no FINGERPRINT.
        Request request = new Request(client, message, false, null, null, null, nowNanos);
        responder.received(client, length, nowNanos);
        answer(request);
        return true;
    }

    /// Refuses a request without the cookie that came over DTLS, which no client of RFC 3489 can
    /// speak, with 500. Borrows the buffer.
    ///
    /// @return false when it isn't one
    boolean refused(ClientPath client, ByteBuf buffer, int offset, int length, long nowNanos) {
        // B-05 (RFC 8489 §11).
        if (client.transport() != Transport.DTLS
                || !isClassic(buffer, offset, length)
                || view.messageClass() != StunClass.REQUEST
                || StunMethod.of(view.method()) == null
                || !(StunMessage.decode(view) instanceof StunMessage message)) {
            return false;
        }
        responder.respond(
                new Request(client, message, false, null, null, null, nowNanos),
                Answer.Refusal.of(ErrorReason.SERVER_ERROR, RefusalCause.BAD_REQUEST));
        return true;
    }

    /// Reads a message that has no cookie.
    private boolean isClassic(ByteBuf buffer, int offset, int length) {
        return length >= StunView.HEADER_LENGTH
                && buffer.getInt(offset + 4) != TransactionId.MAGIC_COOKIE
                && view.wrap(buffer, offset, length) == null;
    }

    private void answer(Request request) {
        boolean discovers = discovery.isServedAt(request.client());
        List<Integer> unknown = unknown(discovers);
        if (!unknown.isEmpty()) {
            responder.respond(
                    request,
                    Answer.Refusal.of(
                            ErrorReason.UNKNOWN_ATTRIBUTE,
                            RefusalCause.UNKNOWN_ATTRIBUTE,
                            new UnknownAttributes(unknown)));
        } else if (discovers) {
            discovery.answer(request);
        } else {
            counters.increment(Counter.BINDING_REQUESTS);
            // B-01 (RFC 5389 §12.2)
            responder.respond(
                    request, Answer.Success.of(new MappedAddress(request.client().client())));
        }
    }

    // B-03. RFC 3489 §11.2.10: one is repeated where their number is odd.
    private List<Integer> unknown(boolean discovers) {
        List<Integer> unknown = new ArrayList<>();
        for (int value = view.firstValue(); value >= 0; value = view.nextValue(value)) {
            int type = view.typeOf(value);
            if (AttributeType.isComprehensionRequired(type)
                    && !UNDERSTOOD.get(type)
                    && !(discovers && type == AttributeType.CHANGE_REQUEST)
                    && !unknown.contains(type)
                    && unknown.size() < UnderstoodAttributes.LISTED_MAX) {
                unknown.add(type);
            }
        }
        if (unknown.size() % 2 != 0) {
            unknown.add(unknown.getLast());
        }
        return unknown;
    }
}
