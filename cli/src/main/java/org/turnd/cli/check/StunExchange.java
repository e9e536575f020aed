package org.turnd.cli.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.FirstByte;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.Username;
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
    private static final int UNAUTHORIZED = 401;
    private static final int STALE_NONCE = 438;

    private final Wire wire;
    private final boolean reliable;
    private final ClientOptions options;
    private final Inbox inbox;
    private final SecureRandom random = new SecureRandom();
    private final MessageIntegrity mac = new MessageIntegrity();
    private final Deque<byte[]> others = new ArrayDeque<>();
    private @Nullable Challenge challenge;
    private Duration lastRoundTrip = Duration.ZERO;

    /// What the server wants to see with each request.
    private record Challenge(String username, String realm, String nonce, IntegrityKey key) {}

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
            var authenticated = challenge != null;
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
                                method, error.code(), error.reason(), authenticated));
            }
            staleNonces += stale ? 1 : 0;
            challenge = challengeOf(method, message, options.credential());
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

    boolean wasChallenged() {
        return challenge != null;
    }

    /// Returns the time from the last request to its response.
    Duration lastRoundTrip() {
        return lastRoundTrip;
    }

    private Challenge challengeOf(
            StunMethod method, StunMessage message, LongTermCredential credential)
            throws TurnFailure {
        var realm = message.first(Realm.class);
        var nonce = message.first(Nonce.class);
        if (realm == null || nonce == null) {
            throw bad(method, "asks for credentials without a REALM and a NONCE");
        }
        var key = IntegrityKey.md5(credential.username(), realm.value(), credential.password());
        return new Challenge(credential.username(), realm.value(), nonce.value(), key);
    }

    private Response transact(StunMethod method, List<StunAttribute> attributes)
            throws TurnFailure {
        var id = newTransactionId();
        var frame = encode(method, StunClass.REQUEST, id, attributes, challenge);
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
                        message, challenge != null && mac.verify(view, challenge.key()));
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
            @Nullable Challenge shown) {
        ByteBuf buffer = Unpooled.buffer();
        var writer = new StunWriter().begin(buffer, 0, method, messageClass, id);
        attributes.forEach(writer::put);
        if (shown != null) {
            writer.put(new Username(shown.username()));
            writer.put(new Realm(shown.realm()));
            writer.put(new Nonce(shown.nonce()));
            writer.integrity(mac, shown.key());
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
