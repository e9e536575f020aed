package org.turnd.cli.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.FirstByte;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.AlternateDomain;
import org.turnd.stun.StunAttribute.AlternateServer;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;

/// Requests and their responses on one wire: retransmission (RFC 8489 §6.2), long-term credentials
/// (RFC 8489 §9.2). What comes in besides responses is put aside for [#nextOther]. One thread.
final class StunExchange {
    private static final int OTHERS_MAX = 1024;
    private static final int STALE_NONCES_MAX = 3;
    private static final int TRY_ALTERNATE = 300;
    private static final int UNAUTHORIZED = 401;
    private static final int STALE_NONCE = 438;

    private final Wire wire;
    private final boolean reliable;
    private final ClientOptions options;
    private final Inbox inbox;
    private final SecureRandom random = new SecureRandom();
    private final MessageIntegrity mac = new MessageIntegrity();
    private final Deque<byte[]> others = new ArrayDeque<>();
    private @Nullable Authentication authentication;
    private Duration lastRoundTrip = Duration.ZERO;

    /// A response and whether its integrity is proven.
    private record Response(StunMessage message, boolean proven) {}

    StunExchange(Wire wire, boolean reliable, ClientOptions options) {
        this.wire = wire;
        this.reliable = reliable;
        this.options = options;
        this.inbox = new Inbox(wire);
    }

    /// Sends a request and waits for its success, showing credentials once the server asks.
    StunMessage request(StunMethod method, List<StunAttribute> attributes) throws TurnFailure {
        for (var staleNonces = 0; ; ) {
            var authenticated = authentication != null;
            var response = transact(method, attributes);
            var message = response.message();
            if (message.messageClass() == StunClass.SUCCESS_RESPONSE) {
                if (authenticated && !response.proven()) {
                    throw bad(method, "is not signed with the user's key (MESSAGE-INTEGRITY)");
                }
                return message;
            }
            var error = message.first(ErrorCode.class);
            if (error == null) {
                throw bad(method, "is an error without an ERROR-CODE");
            }
            var firstAsk = error.code() == UNAUTHORIZED && !authenticated;
            var stale = error.code() == STALE_NONCE && staleNonces < STALE_NONCES_MAX;
            if ((!firstAsk && !stale) || options.credential() == null) {
                throw new TurnFailure(
                        new Failure.ErrorResponse(
                                method, error.code(), reasonOf(error, message), authenticated));
            }
            staleNonces += stale ? 1 : 0;
            authentication = Authentication.of(message, options.credential());
        }
    }

    /// Sends an indication; nobody answers it.
    void indicate(StunMethod method, List<StunAttribute> attributes) throws TurnFailure {
        send(encode(method, StunClass.INDICATION, newTransactionId(), attributes, null));
    }

    /// Sends a frame as it is.
    void send(byte[] frame) throws TurnFailure {
        try {
            wire.send(frame);
        } catch (IOException e) {
            throw ServerConnection.failed(e, "sending", Duration.ZERO);
        }
    }

    /// Returns the next frame that is no response, or null if there is none in time.
    byte @Nullable [] nextOther(Duration patience) throws TurnFailure {
        long deadline = System.nanoTime() + patience.toNanos();
        while (others.isEmpty()) {
            var frame = poll(deadline, "data", patience);
            if (frame == null) {
                return null;
            }
            if (!isResponse(frame)) {
                return frame;
            }
        }
        return others.poll();
    }

    /// Returns how requests are authenticated, null while the server has not asked for it.
    @Nullable Authentication authentication() {
        return authentication;
    }

    /// Begins as one that the server has challenged before, in another connection (RFC 8489
    /// §9.2.3.2).
    void authenticateLike(StunExchange other) {
        authentication = other.authentication;
    }

    /// Returns the time from the last request to its response.
    Duration lastRoundTrip() {
        return lastRoundTrip;
    }

    /// Returns the server's words and, for 300, where it sends the client (RFC 8489 §10).
    private static String reasonOf(ErrorCode error, StunMessage message) {
        var targets =
                message.all(AlternateServer.class).stream()
                        .map(target -> target.address().toString())
                        .collect(Collectors.toCollection(ArrayList::new));
        var domain = message.first(AlternateDomain.class);
        if (domain != null) {
            targets.add(domain.value());
        }
        return error.code() != TRY_ALTERNATE || targets.isEmpty()
                ? error.reason()
                : error.reason() + ": " + String.join(", ", targets);
    }

    private Response transact(StunMethod method, List<StunAttribute> attributes)
            throws TurnFailure {
        var id = newTransactionId();
        var frame = encode(method, StunClass.REQUEST, id, attributes, authentication);
        var schedule = options.retransmission();
        long start = System.nanoTime();
        long end = start + schedule.longest().toNanos();
        var awaited = "an answer to " + method.rfcName();
        for (var sent = 1; sent <= (reliable ? 1 : schedule.requestsMax()); sent++) {
            long sentNanos = System.nanoTime();
            send(frame);
            long patience = reliable ? end : sentNanos + schedule.waitAfter(sent).toNanos();
            var response = awaitResponse(id, Math.min(patience, end), awaited);
            if (response != null) {
                lastRoundTrip = Duration.ofNanos(System.nanoTime() - sentNanos);
                return response;
            }
            if (System.nanoTime() >= end) {
                break;
            }
        }
        throw new TurnFailure(
                new Failure.Silence(awaited, Duration.ofNanos(System.nanoTime() - start)));
    }

    private @Nullable Response awaitResponse(TransactionId id, long deadline, String awaited)
            throws TurnFailure {
        while (true) {
            var frame = poll(deadline, awaited, options.retransmission().longest());
            if (frame == null) {
                return null;
            }
            if (!isResponse(frame)) {
                putAside(frame);
                continue;
            }
            var view = new StunView();
            var buffer = Unpooled.wrappedBuffer(frame);
            if (view.wrap(buffer, 0, frame.length) == null
                    && view.transactionId().equals(id)
                    && StunMessage.decode(view) instanceof StunMessage message) {
                return new Response(
                        message, authentication != null && authentication.isProvenBy(view, mac));
            }
        }
    }

    private void putAside(byte[] frame) {
        // Data that nobody asked for yet; like a socket's buffer, a full one drops the newest.
        if (others.size() < OTHERS_MAX) {
            others.add(frame);
        }
    }

    private byte @Nullable [] poll(long deadline, String awaited, Duration patience)
            throws TurnFailure {
        try {
            return inbox.poll(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        } catch (IOException e) {
            throw ServerConnection.failed(e, awaited, patience);
        }
    }

    private byte[] encode(
            StunMethod method,
            StunClass messageClass,
            TransactionId id,
            List<StunAttribute> attributes,
            @Nullable Authentication shown) {
        ByteBuf buffer = Unpooled.buffer();
        var writer = new StunWriter().begin(buffer, 0, method, messageClass, id);
        attributes.forEach(writer::put);
        if (shown != null) {
            shown.sign(writer, mac);
        }
        writer.fingerprint();
        return ByteBufUtil.getBytes(buffer, 0, writer.length());
    }

    private TransactionId newTransactionId() {
        return TransactionId.of(random.nextInt(), random.nextLong());
    }

    private static boolean isResponse(byte[] frame) {
        // The class bit C1 (RFC 8489 §5).
        return frame.length > 0 && FirstByte.of(frame[0]) == FirstByte.STUN && (frame[0] & 1) == 1;
    }

    private static TurnFailure bad(StunMethod method, String why) {
        return new TurnFailure(
                new Failure.BadAnswer("the answer to " + method.rfcName() + " " + why));
    }
}
