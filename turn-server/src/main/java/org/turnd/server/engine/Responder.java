package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.MessageType;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransportAddress;

/// Writes answers and sends them where the request came from (RFC 8489 §6.3.1).
final class Responder {
    /// Room for every answer but those with PADDING: each text attribute at its longest.
    private static final int ANSWER_BYTES = 4096;

    /// The largest payload of UDP over IPv4.
    private static final int ANSWER_BYTES_MAX = 65_507;

    /// A-30 (RFC 8489 §6.1): what fits into every IPv4 path.
    private static final int DATAGRAM_BYTES_MAX = 548;

    /// MESSAGE-INTEGRITY-SHA256 and FINGERPRINT.
    private static final int TRAILER_BYTES_MAX = 4 + MessageIntegrity.SHA256_LENGTH + 8;

    private final long strangersSeed;
    private @Nullable Software software;
    private int softwareBytes;
    private int strangersPerSecond;
    private SourceRates strangers;
    private final ReflectionBudget reflection;
    private final StoredAnswers stored;
    private final EngineSink sink;
    private final EngineEvents events;
    private final EngineCounters counters;
    private final MessageIntegrity integrity;
    private final StunWriter writer = new StunWriter();
    private final ByteBuf scratch = Unpooled.buffer(ANSWER_BYTES, ANSWER_BYTES_MAX);

    Responder(
            EngineSettings settings,
            MessageIntegrity integrity,
            StoredAnswers stored,
            EngineSink sink,
            EngineEvents events,
            EngineCounters counters,
            RandomGenerator random) {
        this.strangersSeed = random.nextLong();
        this.strangersPerSecond = settings.abuse().strangerAnswersPerSecond();
        this.strangers = new SourceRates(strangersPerSecond, strangersSeed);
        this.reflection =
                new ReflectionBudget(settings.abuse().reflectionFactor(), random.nextLong());
        setSoftware(settings.software());
        this.integrity = integrity;
        this.stored = stored;
        this.sink = sink;
        this.events = events;
        this.counters = counters;
    }

    /// Goes by other settings from now on.
    void use(EngineSettings settings) {
        setSoftware(settings.software());
        int perSecond = settings.abuse().strangerAnswersPerSecond();
        if (perSecond != strangersPerSecond) {
            strangersPerSecond = perSecond;
            strangers = new SourceRates(perSecond, strangersSeed);
        }
        reflection.use(settings.abuse().reflectionFactor());
    }

    private void setSoftware(@Nullable String text) {
        software = text == null ? null : new Software(text);
        softwareBytes =
                text == null ? 0 : 4 + (text.getBytes(StandardCharsets.UTF_8).length + 3 & ~3);
    }

    /// Sends the answer to a request, and keeps it when the request must not be carried out twice.
    void respond(Request request, Answer answer) {
        if (answer instanceof Answer.Refusal && !mayBeTold(request)) {
            counters.increment(Counter.DROPPED_STRANGER_RATE);
            return;
        }
        StunMethod method = request.message().method();
        int length =
                switch (answer) {
                    case Answer.Later later -> 0;
                    case Answer.Success success -> write(request, success);
                    case Answer.Refusal refusal -> {
                        counters.increment(refusal.cause());
                        events.onRefused(
                                request.client(), method, refusal.reason().code(), refusal.cause());
                        yield write(request, refusal);
                    }
                };
        if (length == 0) {
            return;
        }
        handled(request, answer instanceof Answer.Refusal refusal ? refusal : null);
        if (mustNotRunTwice(request)) {
            stored.put(
                    request.client(),
                    MessageType.of(method, StunClass.REQUEST),
                    request.message().transactionId(),
                    Octets.of(scratch, 0, length),
                    request.nowNanos());
        }
        if (isWorthIt(request, length)) {
            send(request.client(), length);
        } else {
            counters.increment(Counter.DROPPED_REFLECTION);
        }
    }

    private void handled(Request request, Answer.@Nullable Refusal refusal) {
        events.onHandled(
                request.client(),
                request.message().method(),
                refusal == null ? 0 : refusal.reason().code(),
                refusal == null ? null : refusal.cause(),
                request.realm(),
                request.arrivedNanos(),
                request.waitedNanos());
    }

    /// Nobody could tell of the request's user, and an error would do harm.
    void giveUp(Request request) {
        events.onHandled(
                request.client(),
                request.message().method(),
                0,
                RefusalCause.USERS_UNAVAILABLE,
                request.realm(),
                request.arrivedNanos(),
                request.waitedNanos());
    }

    /// A request has come, perhaps from who it says.
    void received(ClientPath client, int length, long nowNanos) {
        if (client.transport() == Transport.UDP) {
            reflection.received(client.client().high(), client.client().low(), length, nowNanos);
        }
    }

    // S-07, in bytes.
    private boolean isWorthIt(Request request, int length) {
        TransportAddress source = request.client().client();
        return request.principal() != null
                || request.client().transport() != Transport.UDP
                || reflection.admits(source.high(), source.low(), length, request.nowNanos());
    }

    /// Sends a stored answer again.
    void resend(ClientPath client, Octets answer) {
        counters.increment(Counter.RETRANSMISSIONS_ANSWERED);
        scratch.setBytes(0, answer.toByteArray());
        send(client, answer.length());
    }

    private void send(ClientPath client, int length) {
        if (client.isRemote()) {
            sink.passClient(client.home(), ClientPass.TOLD, client, scratch, 0, length);
        } else {
            sink.sendToClient(client, scratch, 0, length);
        }
    }

    // S-07: whoever forges a source address sends answers there.
    private boolean mayBeTold(Request request) {
        TransportAddress source = request.client().client();
        return request.principal() != null
                || !request.client().transport().isDatagram()
                || strangers.admits(source.high(), source.low(), request.nowNanos());
    }

    // C-02: authenticated and not idempotent, over a transport that loses and repeats.
    private static boolean mustNotRunTwice(Request request) {
        StunMethod method = request.message().method();
        return request.client().transport().isDatagram()
                && request.principal() != null
                && (method == StunMethod.ALLOCATE || method == StunMethod.REFRESH);
    }

    // A-28 (RFC 8656 §5): in all answers to Allocate and Refresh, also to strangers; Binding stays
    // small (S-07).
    private static boolean namesSoftware(Request request) {
        StunMethod method = request.message().method();
        return request.principal() != null
                || method == StunMethod.ALLOCATE
                || method == StunMethod.REFRESH;
    }

    private boolean hasRoomForSoftware(Request request) {
        return !request.client().transport().isDatagram()
                || writer.length() + softwareBytes + TRAILER_BYTES_MAX <= DATAGRAM_BYTES_MAX;
    }

    private int write(Request request, Answer.Success success) {
        begin(request, StunClass.SUCCESS_RESPONSE);
        for (StunAttribute attribute : success.attributes()) {
            writer.put(attribute);
        }
        return end(request);
    }

    private int write(Request request, Answer.Refusal refusal) {
        begin(request, StunClass.ERROR_RESPONSE);
        writer.put(errorCode(request, refusal.reason()));
        for (StunAttribute attribute : refusal.attributes()) {
            writer.put(attribute);
        }
        return end(request);
    }

    // RFC 3489 §11.2.9: the length of the phrase is a multiple of four.
    private static ErrorCode errorCode(Request request, ErrorReason reason) {
        if (!request.message().transactionId().isClassic()) {
            return reason.attribute();
        }
        String phrase = reason.phrase();
        return new ErrorCode(reason.code(), phrase + " ".repeat(-phrase.length() & 3));
    }

    private void begin(Request request, StunClass messageClass) {
        writer.begin(
                scratch,
                0,
                request.message().method(),
                messageClass,
                request.message().transactionId());
    }

    private int end(Request request) {
        Principal principal = request.principal();
        if (software != null && namesSoftware(request) && hasRoomForSoftware(request)) {
            writer.put(software);
        }
        if (principal != null) {
            // D-23, D-24: exactly one integrity attribute, on success and on error.
            if (principal.sha256()) {
                writer.integritySha256(integrity, principal.key());
            } else {
                writer.integrity(integrity, principal.key());
            }
        }
        if (request.fingerprint()) {
            writer.fingerprint();
        }
        return writer.length();
    }
}
