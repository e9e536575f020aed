package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;

/// Users of whom something has to be asked first, which takes time: those of a database, say. Part
/// of [Credentials]. Called on the engine's thread and must not block.
public interface RemoteUsers {
    /// Returns what is known of a user without asking, or null.
    @Nullable UserAnswer recall(UserQuery query);

    /// Asks. The answer is exactly one call of [TurnEngine#onUser] with this ticket, on the
    /// engine's thread, never from within this call. It may come as late as it likes: the engine
    /// waits no longer than its [Patience].
    void ask(int ticket, UserQuery query);

    /// Says whether this is the [Credential#source] of users that were asked for. Other users come
    /// and go with the settings; these are nobody's business but the store's.
    default boolean isSource(@Nullable String source) {
        return false;
    }

    /// How many requests may wait for answers, and how long. Asked once, before any request.
    Patience patience();

    /// Bounds of what waits on one engine.
    ///
    /// @param timeoutNanos how long a request waits at most
    /// @param waitingMax requests that wait at most
    /// @param waitingPerSource of those, requests of one IPv4 address or IPv6 /64 at most
    /// @param asksPerSecond users that one such source may have asked for each second
    record Patience(long timeoutNanos, int waitingMax, int waitingPerSource, int asksPerSecond) {
        static final Patience NONE = new Patience(0, 0, 0, 1);
    }

    /// Where answers go, from any thread.
    interface Replies {
        /// Hands the answer to [RemoteUsers#ask] to the engine, on the engine's thread, later.
        void reply(int ticket, UserAnswer answer);
    }
}
