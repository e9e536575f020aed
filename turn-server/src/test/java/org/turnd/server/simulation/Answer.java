package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MalformedStun;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunView;

/// The one answer to a request, checked for what every answer must be.
final class Answer {
    /// the longest STUN message that fits a datagram of unknown path (RFC 8489 §6.1).
    private static final int UNAUTHENTICATED_BYTES_MAX = 548;

    final StunMessage message;
    final Octets bytes;
    private final StunView view;
    private final StunView requestView;

    private Answer(StunMessage message, Octets bytes, StunView view, StunView requestView) {
        this.message = message;
        this.bytes = bytes;
        this.view = view;
        this.requestView = requestView;
    }

    /// Takes the only output as the answer to this request (A-08, C-10).
    static Answer to(StunMessage request, Octets requestBytes, FiveTuple from, List<Output> out) {
        check(out.size() == 1, "%s got %d answers", request, out.size());
        if (!(out.getFirst() instanceof Output.ToClient sent)) {
            throw new SimulationFailure("a request sent something to a peer");
        }
        check(sent.to().equals(from), "answer to %s sent to %s", from, sent.to());
        StunView view = view(sent.bytes());
        if (!(StunMessage.decode(view) instanceof StunMessage message)) {
            throw new SimulationFailure("answer to " + request + " is malformed");
        }
        check(
                message.method() == request.method()
                        && message.messageClass().isResponse()
                        && message.transactionId().equals(request.transactionId()),
                "%s was answered by %s",
                request,
                message);
        return new Answer(message, sent.bytes(), view, view(requestBytes));
    }

    boolean isSuccess() {
        return message.messageClass() == StunClass.SUCCESS_RESPONSE;
    }

    /// The error code, or 0.
    int code() {
        StunAttribute.ErrorCode error = message.first(StunAttribute.ErrorCode.class);
        check((error == null) == isSuccess(), "%s has no ERROR-CODE", message);
        return error == null ? 0 : error.code();
    }

    void expectCode(int code) {
        check(code() == code, "%s: expected %d, got %d", message, code, code());
    }

    /// D-24: what an authenticated request is answered carries the right integrity.
    void expectSigned(Authentication authentication, IntegrityKey key) {
        check(
                authentication.isSignedLike(requestView, view, key),
                "D-24: %s is not signed as it must be",
                message);
        check(
                message.first(StunAttribute.Nonce.class) == null
                        && message.first(StunAttribute.Username.class) == null,
                "D-23: %s tells who asked",
                message);
    }

    void expectUnsigned() {
        check(
                !view.hasMessageIntegrity() && !view.hasMessageIntegritySha256(),
                "%s is signed though nobody has authenticated",
                message);
        check(
                bytes.length() <= UNAUTHENTICATED_BYTES_MAX,
                "S-07: %s has %d bytes",
                message,
                bytes.length());
    }

    <T extends StunAttribute> T required(Class<T> attribute) {
        T found = message.first(attribute);
        if (found == null) {
            throw new SimulationFailure(message + " lacks " + attribute.getSimpleName());
        }
        return found;
    }

    static StunView view(Octets bytes) {
        StunView view = new StunView();
        byte[] array = bytes.toByteArray();
        MalformedStun malformed =
                view.wrapRequiringCookie(Unpooled.wrappedBuffer(array), 0, array.length);
        check(malformed == null, "not a STUN message: %s", malformed);
        return view;
    }

    /// Returns what these bytes are when a server has to look at them at all, else null.
    static @Nullable StunMessage wellFormed(Octets bytes) {
        StunView view = new StunView();
        byte[] array = bytes.toByteArray();
        MalformedStun malformed =
                view.wrapRequiringCookie(Unpooled.wrappedBuffer(array), 0, array.length);
        return malformed == null && StunMessage.decode(view) instanceof StunMessage message
                ? message
                : null;
    }
}
