package org.turnd.peers.call;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.turnd.peers.server.IceServer;

/// A call between two peers, step by step or as a whole.
///
/// Signaling goes from process to process through this object, so that the peers' networks need no
/// way for it. Every step waits for its effect and throws [CallFailure] if that does not come. Use
/// from one thread.
public final class Call implements AutoCloseable {
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(30);
    private static final Duration STEP_WAIT = Duration.ofSeconds(20);
    private static final long FRAMES_EACH = 5;

    private final CallOptions options;
    private final CallEnd a;
    private final CallEnd b;
    private int videoTracks = 1;
    private long connectMillis;
    private long restartMillis;
    private int fileBytes;

    private Call(PeerProcess caller, PeerProcess called, CallOptions options) {
        this.options = options;
        a = new CallEnd("the calling peer", caller, signal -> other(true).take(signal));
        b = new CallEnd("the called peer", called, signal -> other(false).take(signal));
    }

    private CallEnd other(boolean ofCaller) {
        return ofCaller ? b : a;
    }

    /// Prepares a call; nothing is sent yet.
    ///
    /// @param caller the process of the calling end
    /// @param called the process of the called end, which may be the same
    /// @param options what the call is to be
    /// @return the call, to be closed
    public static Call between(PeerProcess caller, PeerProcess called, CallOptions options) {
        var call = new Call(caller, called, options);
        call.a.open(options.serversOfA(), options.relayOnly(), true);
        call.b.open(options.serversOfB(), options.relayOnly(), false);
        return call;
    }

    /// Runs a whole call and reports on it; a failed call is a report, not an exception.
    ///
    /// @param caller the process of the calling end
    /// @param called the process of the called end, which may be the same
    /// @param options what the call is to be
    /// @return the report
    public static CallReport run(PeerProcess caller, PeerProcess called, CallOptions options) {
        try (var call = between(caller, called, options)) {
            try {
                call.holdSession();
                return call.report("");
            } catch (CallFailure e) {
                return call.report(Objects.requireNonNullElse(e.getMessage(), "failed"));
            }
        }
    }

    private void holdSession() {
        connect();
        if (options.fileBytes() > 0) {
            exchangeFiles();
        }
        if (options.iceRestart()) {
            restartIce();
        }
        if (options.secondTrack()) {
            addVideoTrack();
        }
        keepUp(options.seconds());
    }

    /// Offers, answers, and waits until both ends are connected and have decoded video and audio.
    public void connect() {
        var start = System.nanoTime();
        var deadline = start + CONNECT_WAIT.toNanos();
        a.offer(false);
        a.awaitConnected(deadline);
        b.awaitConnected(deadline);
        connectMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        awaitMedia();
        if (options.relayOnly()) {
            checkRelayed(a.report(), options.serversOfA());
            checkRelayed(b.report(), options.serversOfB());
        }
    }

    private static void checkRelayed(CallReport.End end, List<IceServer> servers) {
        var pair = end.pair();
        var protocols = servers.stream().map(server -> server.transport().toString()).toList();
        if (pair == null
                || !pair.localType().equals("relay")
                || !protocols.contains(pair.relayProtocol())) {
            throw new CallFailure(
                    "expected a relay over one of %s, found %s".formatted(protocols, pair));
        }
    }

    /// Offers and waits until both ends have found all the candidates they will find, connected or
    /// not.
    public void gather() {
        var deadline = deadline(CONNECT_WAIT);
        a.offer(false);
        a.awaitGathered(deadline);
        b.awaitGathered(deadline);
    }

    /// Waits until each end has decoded frames of every video track, and sound.
    public void awaitMedia() {
        var deadline = deadline(STEP_WAIT);
        a.awaitMeasurement(
                "video and audio", seen -> seen.hasMedia(videoTracks, FRAMES_EACH), deadline);
        b.awaitMeasurement(
                "video and audio", seen -> seen.hasMedia(videoTracks, FRAMES_EACH), deadline);
    }

    /// Waits until each end has decoded more frames than it had before.
    public void awaitMoreMedia() {
        var deadline = deadline(STEP_WAIT);
        awaitMoreFrames(a, a.measure(deadline), deadline);
        awaitMoreFrames(b, b.measure(deadline), deadline);
    }

    private static void awaitMoreFrames(CallEnd end, Measurement before, long deadline) {
        end.awaitMeasurement(
                "more frames than " + before.frames(),
                seen -> seen.frames() >= before.frames() + FRAMES_EACH,
                deadline);
    }

    /// Sends a file each way over the data channel and compares the SHA-256 of what was sent and
    /// what came.
    public void exchangeFiles() {
        var deadline = deadline(STEP_WAIT);
        a.awaitChannel(deadline);
        b.awaitChannel(deadline);
        a.sendFile(options.fileBytes());
        b.sendFile(options.fileBytes());
        compare(a.awaitSent(deadline), b.awaitReceived(deadline));
        compare(b.awaitSent(deadline), a.awaitReceived(deadline));
        fileBytes = options.fileBytes();
    }

    private static void compare(Event.FileSent sent, Event.FileReceived received) {
        if (sent.bytes() != received.bytes() || !sent.sha256().equals(received.sha256())) {
            throw new CallFailure("a file has changed on its way: " + sent + ", " + received);
        }
    }

    /// Tells what STUN and TURN servers have refused so far, at both ends.
    ///
    /// @return for example `401 Unauthorized (turn:...)`
    public List<String> errors() {
        return Stream.of(a, b).flatMap(end -> end.report().errors().stream()).toList();
    }

    /// Lets ICE start over and waits until the session runs over a pair with the new credentials.
    public void restartIce() {
        var start = System.nanoTime();
        var deadline = start + CONNECT_WAIT.toNanos();
        var oldA = usernameFragment(a.measure(deadline));
        var oldB = usernameFragment(b.measure(deadline));
        a.offer(true);
        a.awaitMeasurement("ICE to restart", seen -> hasRestarted(seen, oldA), deadline);
        b.awaitMeasurement("ICE to restart", seen -> hasRestarted(seen, oldB), deadline);
        a.awaitConnected(deadline);
        b.awaitConnected(deadline);
        restartMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        awaitMoreMedia();
    }

    private static boolean hasRestarted(Measurement seen, String oldFragment) {
        var fragment = usernameFragment(seen);
        return !fragment.isEmpty() && !fragment.equals(oldFragment);
    }

    private static String usernameFragment(Measurement measurement) {
        var pair = measurement.pair();
        return pair == null ? "" : pair.usernameFragment();
    }

    /// Adds a video track at each end, negotiates again, and waits for frames of both tracks.
    public void addVideoTrack() {
        a.addVideo();
        b.addVideo();
        videoTracks++;
        a.offer(false);
        awaitMedia();
    }

    /// Lets the call go on and then checks that media still flows.
    ///
    /// @param seconds how long; 0 to return at once
    public void keepUp(int seconds) {
        if (seconds > 0) {
            try {
                TimeUnit.SECONDS.sleep(seconds);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CallFailure("interrupted");
            }
            awaitMoreMedia();
        }
    }

    /// Returns what has been seen so far.
    ///
    /// @return a good report
    public CallReport report() {
        return report("");
    }

    private CallReport report(String failure) {
        return new CallReport(
                failure.isEmpty(),
                failure,
                connectMillis,
                restartMillis,
                fileBytes,
                a.report(),
                b.report());
    }

    private static long deadline(Duration wait) {
        return System.nanoTime() + wait.toNanos();
    }

    /// Closes both ends.
    @Override
    public void close() {
        a.close();
        b.close();
    }
}
