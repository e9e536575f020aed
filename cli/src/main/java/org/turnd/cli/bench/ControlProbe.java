package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.bench.Requests.Challenge;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// A client of its own that refreshes its allocation every 20 ms while packets flow, to see how
/// long control requests wait behind them. It never repeats a request: what is lost is counted.
///
/// Requests leave on a schedule, whether the one before was answered or not, and the wait counts
/// from the time at which a request was due. Used on the loop's thread.
final class ControlProbe {
    static final long INTERVAL_NANOS = 20_000_000;

    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
    private static final int LIFETIME_SECONDS = 600;

    /// Requests whose answers are waited for; older ones count as unanswered.
    private static final int PENDING_MAX = 256;

    private final BenchLoop loop;
    private final TransportAddress server;
    private final Requests requests;
    private final int socket;
    private final ByteBuf message = Unpooled.directBuffer();
    private final StunView view = new StunView();
    private final long[] idsOfPending = new long[PENDING_MAX];
    private final long[] dueOfPending = new long[PENDING_MAX];
    private @Nullable Challenge challenge;
    private boolean isAllocated;
    private long nextNanos;
    private int next;
    private long asked;
    private Histogram latencyNanos = new Histogram(LATENCY_NANOS_MAX, 3);

    /// What came of the requests.
    ///
    /// @param latencyNanos of those that were answered
    record Outcome(long asked, Histogram latencyNanos) {}

    /// Opens the client's socket; nothing is sent yet.
    ///
    /// @param local where, with port 0
    ControlProbe(
            BenchLoop loop,
            TransportAddress local,
            TransportAddress server,
            @Nullable LongTermCredential credential)
            throws IOException {
        this.loop = loop;
        this.server = server;
        this.requests = new Requests(credential);
        socket =
                loop.udp()
                        .open(
                                local.high(),
                                local.low(),
                                local.port(),
                                Role.RELAY,
                                this::onDatagram);
    }

    /// Begins to count, and returns work that asks while other work is done.
    BenchLoop.Work beside(BenchLoop.Work other) {
        latencyNanos = new Histogram(LATENCY_NANOS_MAX, 3);
        asked = 0;
        Arrays.fill(dueOfPending, 0);
        nextNanos = System.nanoTime();
        return now -> {
            long wait = other.turn(now);
            if (now >= nextNanos) {
                ask(nextNanos);
                nextNanos += INTERVAL_NANOS;
            }
            return wait == BenchLoop.BUSY ? wait : Math.max(1, nextNanos - now);
        };
    }

    Outcome outcome() {
        return new Outcome(asked, latencyNanos.copy());
    }

    /// Ends the allocation; nobody waits for the answer.
    void leave() {
        if (isAllocated) {
            send(StunMethod.REFRESH, requests.newTransactionId(), new Lifetime(0));
        }
    }

    private void ask(long dueNanos) {
        var id = requests.newTransactionId();
        remember(id, dueNanos);
        if (isAllocated) {
            send(StunMethod.REFRESH, id, new Lifetime(LIFETIME_SECONDS));
        } else {
            send(StunMethod.ALLOCATE, id, new RequestedTransport(RequestedTransport.UDP));
        }
    }

    private void send(StunMethod method, TransactionId id, StunAttribute attribute) {
        int length = requests.write(message, method, id, challenge, attribute);
        loop.udp().send(socket, server.high(), server.low(), server.port(), message, 0, length);
    }

    private void remember(TransactionId id, long dueNanos) {
        asked++;
        idsOfPending[next] = id.low();
        dueOfPending[next] = dueNanos;
        next = (next + 1) % PENDING_MAX;
    }

    private void onDatagram(
            int from, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (view.wrap(buffer, offset, length) != null) {
            return;
        }
        for (int i = 0; i < PENDING_MAX; i++) {
            if (idsOfPending[i] == view.transactionIdLow() && dueOfPending[i] != 0) {
                long due = dueOfPending[i];
                dueOfPending[i] = 0;
                latencyNanos.recordValue(Math.clamp(System.nanoTime() - due, 0, LATENCY_NANOS_MAX));
                onAnswer();
                return;
            }
        }
    }

    private void onAnswer() {
        if (view.messageClass() == StunClass.SUCCESS_RESPONSE) {
            isAllocated = true;
        } else if (StunMessage.decode(view) instanceof StunMessage answer) {
            var realm = answer.first(Realm.class);
            var nonce = answer.first(Nonce.class);
            if (realm != null && nonce != null) {
                challenge = requests.challenge(realm, nonce);
            }
        }
    }
}
