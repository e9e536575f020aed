package org.turnd.peers.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.turnd.peers.server.IceServer;

/// One end of a call, as seen from outside its process: what has been heard of it, and waiting for
/// more.
final class CallEnd {
    private static final Duration MEASURE_WAIT = Duration.ofSeconds(5);
    private static final Duration MEASURE_PAUSE = Duration.ofMillis(100);

    private final String who;
    private final PeerProcess process;
    private final String link;
    private final Consumer<Event> toOtherEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition heard = lock.newCondition();

    // Everything below is guarded by the lock.
    private String state = "NEW";
    private boolean channelOpen;
    private boolean gathered;
    private int measurements;
    private @Nullable Measurement measurement;
    private Event.@Nullable FileSent sent;
    private Event.@Nullable FileReceived received;
    private @Nullable String failure;
    private final List<String> candidates = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    CallEnd(String who, PeerProcess process, Consumer<Event> toOtherEnd) {
        this.who = who;
        this.process = process;
        this.toOtherEnd = toOtherEnd;
        link = process.link(this::hear);
    }

    private void hear(Event event) {
        lock.lock();
        try {
            note(event);
            heard.signalAll();
        } finally {
            lock.unlock();
        }
        if (event instanceof Event.Described || event instanceof Event.CandidateFound) {
            toOtherEnd.accept(event);
        }
    }

    private void note(Event event) {
        switch (event) {
            case Event.Described _ -> gathered = false;
            case Event.CandidateFound found -> candidates.add(candidateType(found.sdp()));
            case Event.CandidateError error ->
                    errors.add(error.code() + " " + error.text() + " (" + error.url() + ")");
            case Event.GatheringComplete _ -> gathered = true;
            case Event.StateChanged changed -> state = changed.state();
            case Event.ChannelOpened _ -> channelOpen = true;
            case Event.FileSent file -> sent = file;
            case Event.FileReceived file -> received = file;
            case Event.Measured measured -> {
                measurement = measured.measurement();
                measurements++;
            }
            case Event.Failed failed -> failure = failed.message();
        }
    }

    /// RFC 8839 §5.1: `candidate:... typ TYPE ...`.
    private static String candidateType(String sdp) {
        var start = sdp.indexOf(" typ ");
        return start < 0 ? "unknown" : sdp.substring(start + 5).split(" ", 2)[0];
    }

    void open(List<IceServer> servers, boolean relayOnly, boolean initiator) {
        process.tell(new Command.Open(link, servers, relayOnly, initiator));
    }

    void offer(boolean iceRestart) {
        process.tell(new Command.Offer(link, iceRestart));
    }

    void addVideo() {
        process.tell(new Command.AddVideo(link));
    }

    void sendFile(int bytes) {
        process.tell(new Command.SendFile(link, bytes));
    }

    /// Takes a description or a candidate of the other end.
    void take(Event signal) {
        switch (signal) {
            case Event.Described described ->
                    process.tell(new Command.Describe(link, described.type(), described.sdp()));
            case Event.CandidateFound found ->
                    process.tell(
                            new Command.AddCandidate(
                                    link, found.mid(), found.index(), found.sdp()));
            default -> throw new IllegalArgumentException("not a signal: " + signal);
        }
    }

    void close() {
        process.tell(new Command.Close(link));
        process.forget(link);
    }

    void awaitConnected(long deadlineNanos) {
        await("a connection", () -> state.equals("CONNECTED") || isHopeless(), deadlineNanos);
        if (isHopeless()) {
            throw failure("a connection");
        }
    }

    /// Nothing that could be sent from has been found, and nothing more is being looked for.
    private boolean isHopeless() {
        lock.lock();
        try {
            return gathered && candidates.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void awaitChannel(long deadlineNanos) {
        await("an open data channel", () -> channelOpen, deadlineNanos);
    }

    void awaitGathered(long deadlineNanos) {
        await("the end of gathering candidates", () -> gathered, deadlineNanos);
    }

    Event.FileSent awaitSent(long deadlineNanos) {
        await("a file to be sent", () -> sent != null, deadlineNanos);
        return Objects.requireNonNull(sent);
    }

    Event.FileReceived awaitReceived(long deadlineNanos) {
        await("a file to arrive", () -> received != null, deadlineNanos);
        return Objects.requireNonNull(received);
    }

    /// Measures again and again until the statistics satisfy a condition.
    Measurement awaitMeasurement(
            String what, Predicate<Measurement> condition, long deadlineNanos) {
        while (true) {
            var latest = measure(deadlineNanos + MEASURE_WAIT.toNanos());
            if (condition.test(latest)) {
                return latest;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw failure(what);
            }
            LockSupport.parkNanos(MEASURE_PAUSE.toNanos());
        }
    }

    Measurement measure(long deadlineNanos) {
        var before = measurementsSoFar();
        process.tell(new Command.Measure(link));
        await("statistics", () -> measurements > before, deadlineNanos);
        return Objects.requireNonNull(measurement);
    }

    private int measurementsSoFar() {
        lock.lock();
        try {
            return measurements;
        } finally {
            lock.unlock();
        }
    }

    private void await(String what, BooleanSupplier condition, long deadlineNanos) {
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                var leftNanos = deadlineNanos - System.nanoTime();
                if (failure != null || leftNanos <= 0) {
                    throw failure(what);
                }
                var _ = heard.await(leftNanos, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailure("interrupted");
        } finally {
            lock.unlock();
        }
    }

    private CallFailure failure(String what) {
        lock.lock();
        try {
            var reason = failure == null ? "" : ": " + failure;
            return new CallFailure(
                    "%s waited in vain for %s%s; state %s, candidates %s, errors %s, last statistics %s"
                            .formatted(who, what, reason, state, candidates, errors, measurement));
        } finally {
            lock.unlock();
        }
    }

    CallReport.End report() {
        lock.lock();
        try {
            return new CallReport.End(measurement, candidates, errors);
        } finally {
            lock.unlock();
        }
    }
}
