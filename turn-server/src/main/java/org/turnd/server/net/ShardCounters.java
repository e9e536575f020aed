package org.turnd.server.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts of one shard beside its engine's and its UDP plane's: written by its thread alone, read
/// by any.
public final class ShardCounters {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    /// What is counted.
    public enum Counter {
        STREAMS_OPENED,
        STREAMS_CLOSED,
        /// Closed at once, because the server holds as many connections as it may.
        STREAMS_REFUSED,
        /// Closed at once, because their client's address holds as many as it may (S-09).
        STREAMS_REFUSED_BY_ADDRESS,
        /// Failed attempts to accept: the process has no file descriptor left, most likely.
        ACCEPTS_FAILED,
        /// Relay sockets that the system didn't open: the same, or a port that another process has.
        RELAYS_NOT_OPENED,
        /// Closed, because what came was neither STUN nor TLS (C-09).
        STREAMS_NOT_STUN,
        /// Closed, because a PROXY header was missing, wrong or not to be trusted (T-01).
        STREAMS_NOT_PROXIED,
        /// Datagrams from somebody who is no trusted proxy, where such are expected (T-01).
        DATAGRAMS_NOT_TRUSTED,
        /// Datagrams without a good PROXY header (T-02).
        DATAGRAMS_NOT_PROXIED,
        /// Datagrams for a client whose proxy isn't known.
        DATAGRAMS_WITHOUT_PROXY,
        /// Closed, because nothing useful came for too long.
        STREAMS_TIMED_OUT,
        TLS_HANDSHAKES,
        TLS_HANDSHAKES_FAILED,
        /// Connections closed, because as many handshakes as may be are going on.
        TLS_HANDSHAKES_REFUSED,
        /// Answers to DTLS clients that have yet to show that they are where they say.
        DTLS_COOKIES_SENT,
        DTLS_HANDSHAKES,
        DTLS_HANDSHAKES_FAILED,
        /// Clients with a good cookie that weren't let in, because as many as may are there.
        DTLS_HANDSHAKES_REFUSED,
        /// Clients that were refused, because their address holds as many sessions as it may
        /// (S-09).
        DTLS_REFUSED_BY_ADDRESS,
        DTLS_SESSIONS_ENDED,
        /// Ended, because nothing useful came for too long.
        DTLS_TIMED_OUT,
        /// Datagrams at DTLS listeners that are of no session, or hold nothing for the engine.
        DTLS_IGNORED_DATAGRAMS,
        /// Messages for a DTLS client that don't fit into a record.
        DTLS_TOO_LONG,
        STREAM_RECEIVED_FRAMES,
        STREAM_RECEIVED_BYTES,
        STREAM_SENT_FRAMES,
        STREAM_SENT_BYTES,
        /// Frames of reserved channel numbers (J-15).
        STREAM_SKIPPED_FRAMES,
        /// Relayed data for a client that doesn't read.
        STREAM_DROPPED_DATA,
        /// Answers for a client that doesn't read.
        STREAM_DROPPED_ANSWERS,
        HAND_OVERS_DROPPED,
        /// Relayed data whose TTL or hop limit was used up (K-12).
        HOP_LIMITS_EXCEEDED,
        /// Inputs on which the engine failed: a bug of this server, in the log.
        ENGINE_FAULTS
    }

    private final long[] counts = new long[Counter.values().length];
    private final WakeUpTimes wakeUps = new WakeUpTimes();

    /// How long the loop's wake-ups took.
    public WakeUpTimes wakeUps() {
        return wakeUps;
    }

    /// Adds `n`. The shard's thread only.
    public void add(Counter counter, long n) {
        SLOT.setOpaque(counts, counter.ordinal(), counts[counter.ordinal()] + n);
    }

    /// Open stream connections.
    int openStreams() {
        // Closed first: one that closes in between must not make the difference negative.
        long closed = get(Counter.STREAMS_CLOSED);
        return (int) (get(Counter.STREAMS_OPENED) - closed);
    }

    public long get(Counter counter) {
        return (long) SLOT.getOpaque(counts, counter.ordinal());
    }
}
