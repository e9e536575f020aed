package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.bench.Requests.Challenge;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.Retransmission;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.ChannelData;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// What one client does from its first request to its last answer: Allocate (answered 401 first),
/// ChannelBind, Refresh 0. No socket and no clock in it; for one thread.
final class ClientLife {
    private static final int UNAUTHORIZED = 401;
    private static final int ALLOCATION_MISMATCH = 437;
    private static final int STALE_NONCE = 438;
    private static final int CHALLENGES_MAX = 4;

    private final Requests requests;
    private final Retransmission retransmission;
    private final boolean isReliable;
    private final TransportAddress peer;
    private final Surroundings surroundings;
    private final ByteBuf message = Unpooled.directBuffer();
    private final StunView view = new StunView();
    private Step step = Step.OVER;
    private @Nullable Challenge challenge;
    private TransactionId id = TransactionId.of(0, 0);
    private int challenges;
    private int length;
    private int tries;
    private long askedNanos;
    private long deadlineNanos;

    private enum Step {
        ALLOCATE(StunMethod.ALLOCATE),
        BIND(StunMethod.CHANNEL_BIND),
        END(StunMethod.REFRESH),
        OVER(StunMethod.BINDING);

        private final StunMethod method;

        Step(StunMethod method) {
            this.method = method;
        }
    }

    /// What a life happens in.
    interface Surroundings {
        /// Sends the buffer's first bytes. Borrows the buffer.
        void send(ByteBuf message, int length);

        /// All was answered.
        void done();

        /// The server knows the client's port from before (437).
        void mismatch();

        /// An answer did not come, or was none that a client can live with.
        void failed(TurnFailure failure);

        /// A request was sent once more.
        void repeated();
    }

    ClientLife(
            Requests requests,
            Retransmission retransmission,
            boolean isReliable,
            TransportAddress peer,
            Surroundings surroundings) {
        this.requests = requests;
        this.retransmission = retransmission;
        this.isReliable = isReliable;
        this.peer = peer;
        this.surroundings = surroundings;
    }

    /// Begins, from nothing.
    void begin(long nowNanos) {
        challenge = null;
        challenges = 0;
        request(Step.ALLOCATE, nowNanos);
    }

    /// Ends without a word.
    void stop() {
        step = Step.OVER;
    }

    private void request(Step next, long nowNanos) {
        step = next;
        id = requests.newTransactionId();
        length =
                switch (next) {
                    case ALLOCATE -> writeAllocate();
                    case BIND ->
                            write(
                                    new ChannelNumber(ChannelData.MIN_NUMBER),
                                    new XorPeerAddress(peer));
                    case END -> write(new Lifetime(0));
                    case OVER -> 0;
                };
        tries = 0;
        askedNanos = nowNanos;
        send(nowNanos);
    }

    private int writeAllocate() {
        var transport = new RequestedTransport(RequestedTransport.UDP);
        return peer.isIpv4()
                ? write(transport)
                : write(transport, new RequestedAddressFamily(AddressFamily.IPV6.code()));
    }

    private int write(StunAttribute... attributes) {
        return requests.write(message, step.method, id, challenge, attributes);
    }

    private void send(long nowNanos) {
        tries++;
        var wait = isReliable ? retransmission.longest() : retransmission.waitAfter(tries);
        deadlineNanos = nowNanos + wait.toNanos();
        surroundings.send(message, length);
    }

    /// Repeats what was not answered in time, or gives up.
    void onTime(long nowNanos) {
        if (step == Step.OVER || nowNanos < deadlineNanos) {
            return;
        }
        if (isReliable || tries == retransmission.requestsMax()) {
            var waited = Duration.ofNanos(nowNanos - askedNanos);
            end(new Failure.Silence("an answer to " + step.method.rfcName(), waited));
            return;
        }
        surroundings.repeated();
        send(nowNanos);
    }

    /// Takes what has come. Borrows the buffer.
    void onFrame(ByteBuf buffer, int offset, int frameLength, long nowNanos) {
        if (step == Step.OVER
                || view.wrap(buffer, offset, frameLength) != null
                || view.transactionIdLow() != id.low()
                || view.transactionIdHigh() != id.high()) {
            // An answer to what was asked twice, or nothing of ours.
            return;
        }
        if (view.messageClass() == StunClass.SUCCESS_RESPONSE) {
            onSuccess(nowNanos);
        } else if (view.messageClass() == StunClass.ERROR_RESPONSE) {
            onError(nowNanos);
        }
    }

    private void onSuccess(long nowNanos) {
        if (challenge != null && !requests.isProven(view, challenge)) {
            end(bad("is not signed with the user's key (MESSAGE-INTEGRITY)"));
            return;
        }
        switch (step) {
            case ALLOCATE -> request(Step.BIND, nowNanos);
            case BIND -> request(Step.END, nowNanos);
            case END -> {
                step = Step.OVER;
                surroundings.done();
            }
            case OVER -> {}
        }
    }

    private void onError(long nowNanos) {
        var answer = StunMessage.decode(view) instanceof StunMessage whole ? whole : null;
        var error = answer == null ? null : answer.first(ErrorCode.class);
        if (answer == null || error == null) {
            end(bad("is an error without an ERROR-CODE"));
            return;
        }
        var realm = answer.first(Realm.class);
        var nonce = answer.first(Nonce.class);
        boolean isAsked =
                error.code() == STALE_NONCE || (error.code() == UNAUTHORIZED && challenge == null);
        if (isAsked && realm != null && nonce != null && ++challenges < CHALLENGES_MAX) {
            challenge = requests.challenge(realm, nonce);
            if (challenge != null) {
                request(step, nowNanos);
                return;
            }
        }
        if (error.code() == ALLOCATION_MISMATCH && step == Step.ALLOCATE) {
            step = Step.OVER;
            surroundings.mismatch();
            return;
        }
        end(
                new Failure.ErrorResponse(
                        step.method, error.code(), error.reason(), challenge != null));
    }

    private Failure bad(String why) {
        return new Failure.BadAnswer("the answer to " + step.method.rfcName() + " " + why);
    }

    private void end(Failure why) {
        step = Step.OVER;
        surroundings.failed(new TurnFailure(why));
    }
}
