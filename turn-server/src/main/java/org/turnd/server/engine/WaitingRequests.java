package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunView;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Requests that wait until it is known who their users are. Bounded in number, in size, in time
/// and by source, so that a flood of names that nobody knows fills nothing and keeps nobody else
/// out.
///
/// The requests of one stream are answered in the order in which they came: those behind one that
/// waits wait, too. Datagrams have no order, so theirs don't.
final class WaitingRequests {
    /// Longer requests don't wait; what clients send for TURN is shorter by far.
    static final int MESSAGE_BYTES_MAX = 2048;

    private static final int NOT_ASKED = -1;

    /// One request.
    static final class Waiting {
        final ClientPath client;
        private final Key key;
        private final ByteBuf message;
        private final long arrivedNanos;
        private int ticket = NOT_ASKED;
        private long deadlineNanos;

        private Waiting(ClientPath client, Key key, ByteBuf message, long arrivedNanos) {
            this.client = client;
            this.key = key;
            this.message = message;
            this.arrivedNanos = arrivedNanos;
        }

        /// When it came.
        long arrivedNanos() {
            return arrivedNanos;
        }

        /// Shows the message as it came.
        void show(StunView view) {
            if (view.wrapRequiringCookie(message, 0, message.readableBytes()) != null) {
                throw new IllegalStateException("a waiting request has changed");
            }
        }
    }

    private record Key(
            Transport transport,
            int listener,
            int connection,
            int home,
            TransportAddress client,
            int messageType,
            TransactionId id) {
        boolean isOf(ClientPath path) {
            return connection == path.connection()
                    && home == path.home()
                    && transport == path.transport()
                    && listener == path.listener()
                    && client.equals(path.client());
        }
    }

    private record Source(long high, long low) {
        static Source of(ClientPath client) {
            TransportAddress address = client.client();
            return new Source(address.high(), address.isIpv4() ? address.low() : 0);
        }
    }

    /// What goes on with a request that waits no more.
    interface Resumption {
        /// Looks at the request again.
        ///
        /// @param answer what was said of its user; null when it only waited for its turn
        void resume(Waiting one, @Nullable UserAnswer answer, long nowNanos);
    }

    private final @Nullable RemoteUsers users;
    private final RemoteUsers.Patience patience;
    private final SourceRates asks;
    private final EngineCounters counters;
    private final Resumption resumption;

    private final Map<Key, Waiting> all = new HashMap<>();

    /// In the order of asking, which is that of their deadlines.
    private final Map<Integer, Waiting> asked = new LinkedHashMap<>();

    private final Map<Source, Integer> ofSource = new HashMap<>();

    /// By the path itself: each connection has one.
    private final Map<ClientPath, ArrayDeque<Waiting>> ofStream = new HashMap<>();

    private int nextTicket;

    /// @param users null when nobody has to be asked for; then nothing ever waits
    WaitingRequests(
            @Nullable RemoteUsers users,
            EngineCounters counters,
            RandomGenerator random,
            Resumption resumption) {
        this.users = users;
        this.counters = counters;
        this.resumption = resumption;
        patience = users == null ? RemoteUsers.Patience.NONE : users.patience();
        asks = new SourceRates(patience.asksPerSecond(), random.nextLong());
    }

    /// Says whether a request isn't to be looked at now: it waits already and was sent again, or an
    /// earlier one of its stream waits, and it does so behind that from now on.
    boolean holdsBack(ClientPath client, StunView view, long nowNanos) {
        if (all.isEmpty()) {
            return false;
        }
        if (all.containsKey(key(client, view))) {
            return true;
        }
        ArrayDeque<Waiting> stream = ofStream.get(client);
        if (stream == null) {
            return false;
        }
        if (hasRoom(client, view)) {
            stream.addLast(keep(client, view, nowNanos));
        } else {
            counters.increment(Counter.DROPPED_TOO_MANY_WAITING);
        }
        return true;
    }

    /// Makes a request wait, and asks for its user. Returns false when there is no room, or its
    /// source has asked too often.
    boolean ask(ClientPath client, StunView view, UserQuery query, long nowNanos) {
        TransportAddress source = client.client();
        if (users == null
                || !hasRoom(client, view)
                || !asks.admits(source.high(), source.low(), nowNanos)) {
            return false;
        }
        Waiting one = keep(client, view, nowNanos);
        if (!client.transport().isDatagram()) {
            // It is the first, or was until now.
            ofStream.computeIfAbsent(client, c -> new ArrayDeque<>()).addFirst(one);
        }
        one.ticket = nextTicket++ & Integer.MAX_VALUE;
        one.deadlineNanos = nowNanos + patience.timeoutNanos();
        asked.put(one.ticket, one);
        counters.increment(Counter.REQUESTS_WAITED);
        users.ask(one.ticket, query);
        return true;
    }

    private boolean hasRoom(ClientPath client, StunView view) {
        return all.size() < patience.waitingMax()
                && view.length() <= MESSAGE_BYTES_MAX
                && ofSource.getOrDefault(Source.of(client), 0) < patience.waitingPerSource();
    }

    private Waiting keep(ClientPath client, StunView view, long nowNanos) {
        byte[] copy = new byte[view.length()];
        view.buffer().getBytes(view.offset(), copy);
        var one = new Waiting(client, key(client, view), Unpooled.wrappedBuffer(copy), nowNanos);
        all.put(one.key, one);
        ofSource.merge(Source.of(client), 1, Integer::sum);
        return one;
    }

    /// What was said of the user that the request with this ticket waits for, if it still does.
    void onAnswer(int ticket, UserAnswer answer, long nowNanos) {
        Waiting one = asked.remove(ticket);
        if (one == null) {
            return;
        }
        remove(one);
        resumption.resume(one, answer, nowNanos);
        // The rest of its stream has waited for its turn.
        ArrayDeque<Waiting> stream = ofStream.get(one.client);
        while (stream != null && !stream.isEmpty() && stream.element().ticket == NOT_ASKED) {
            Waiting next = stream.element();
            remove(next);
            resumption.resume(next, null, nowNanos);
            stream = ofStream.get(one.client);
        }
    }

    /// Gives up what has waited too long.
    void onTimer(long nowNanos) {
        while (nextDeadlineNanos() <= nowNanos) {
            Waiting first = asked.values().iterator().next();
            onAnswer(first.ticket, new UserAnswer.Unavailable(), nowNanos);
        }
    }

    /// When [#onTimer] has something to do, or `Long.MAX_VALUE`.
    long nextDeadlineNanos() {
        return asked.isEmpty() ? Long.MAX_VALUE : asked.values().iterator().next().deadlineNanos;
    }

    /// Forgets the requests of a connection that has ended.
    void forget(ClientPath client) {
        forgetAll(key -> key.isOf(client));
    }

    /// Forgets everything.
    void clear() {
        forgetAll(key -> true);
    }

    int count() {
        return all.size();
    }

    private void forgetAll(Predicate<Key> which) {
        if (all.isEmpty()) {
            return;
        }
        List<Waiting> over = new ArrayList<>();
        all.forEach((key, one) -> {
            if (which.test(key)) {
                over.add(one);
            }
        });
        for (Waiting one : over) {
            asked.remove(one.ticket);
            remove(one);
        }
    }

    private void remove(Waiting one) {
        all.remove(one.key);
        ofSource.computeIfPresent(
                Source.of(one.client), (source, count) -> count == 1 ? null : count - 1);
        ArrayDeque<Waiting> queue = ofStream.get(one.client);
        if (queue != null && queue.remove(one) && queue.isEmpty()) {
            ofStream.remove(one.client);
        }
    }

    private static Key key(ClientPath client, StunView view) {
        return new Key(
                client.transport(),
                client.listener(),
                client.connection(),
                client.home(),
                client.client(),
                view.messageType(),
                view.transactionId());
    }
}
