package org.turnd.server.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.AllocationId;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.server.engine.Session;
import org.turnd.server.engine.Sessions;

/// Lists, shows and ends allocations of all shards. Each shard looks at its own on its loop, a
/// slice a wake-up, so that media goes on between two slices.
///
/// Methods are safe on every thread and don't wait. A future completes on a thread that is no event
/// loop, and exceptionally when the server is being closed.
public final class ShardSessions {
    /// Places of allocations that are looked at in one wake-up, at most.
    static final int SLICE = 256;

    private final List<Shard> shards;
    private final int slice;

    ShardSessions(List<Shard> shards, int slice) {
        this.shards = shards;
        this.slice = slice;
    }

    /// Lists live allocations that the condition holds for, shard by shard.
    ///
    /// @param wanted called on the loops; must not block
    /// @param max sessions to return at most
    public CompletableFuture<Listing> list(Predicate<Session> wanted, int max) {
        List<CompletableFuture<Listing>> parts = new ArrayList<>();
        for (Shard shard : shards) {
            parts.add(list(shard, wanted, max));
        }
        return all(parts).thenApply(all -> Listing.of(all, max));
    }

    private CompletableFuture<Listing> list(Shard shard, Predicate<Session> wanted, int max) {
        Map<AllocationId, Session> found = new LinkedHashMap<>();
        int[] matched = new int[1];
        Sessions.Visitor visitor =
                seen -> {
                    if (!seen.isLive() || found.containsKey(seen.id())) {
                        return;
                    }
                    Session session = seen.session();
                    if (wanted.test(session)) {
                        matched[0]++;
                        if (found.size() < max) {
                            found.put(session.id(), session);
                        }
                    }
                };
        return walk(shard, visitor)
                .thenApply(done -> new Listing(List.copyOf(found.values()), matched[0]));
    }

    /// Shows one live allocation, or completes with null when there is none of this name.
    public CompletableFuture<Session.@Nullable Details> show(AllocationId id) {
        Session.@Nullable Details[] found = new Session.Details[1];
        return walk(
                        id,
                        seen -> {
                            if (seen.isLive() && seen.id().equals(id)) {
                                found[0] = seen.details();
                            }
                        })
                .thenApply(done -> found[0]);
    }

    /// Ends one allocation; completes with 0 when there is none of this name.
    public CompletableFuture<Integer> end(AllocationId id, EndReason reason) {
        int[] ended = new int[1];
        return walk(id, ending(seen -> seen.id().equals(id), reason, ended))
                .thenApply(done -> ended[0]);
    }

    /// Ends every allocation, live or pending, that the condition holds for; completes with how
    /// many these were.
    ///
    /// @param condition called on the loops; must not block
    public CompletableFuture<Integer> endAll(Predicate<Sessions.Seen> condition, EndReason reason) {
        List<CompletableFuture<Integer>> parts = new ArrayList<>();
        for (Shard shard : shards) {
            int[] ended = new int[1];
            parts.add(walk(shard, ending(condition, reason, ended)).thenApply(done -> ended[0]));
        }
        return all(parts).thenApply(all -> all.stream().mapToInt(Integer::intValue).sum());
    }

    private static Sessions.Visitor ending(
            Predicate<Sessions.Seen> condition, EndReason reason, int[] ended) {
        return seen -> {
            if (condition.test(seen)) {
                seen.end(reason);
                ended[0]++;
            }
        };
    }

    /// Shows a visitor every allocation of the shard that has this one, if there is such a shard.
    private CompletableFuture<@Nullable Void> walk(AllocationId id, Sessions.Visitor visitor) {
        return id.shard() < shards.size()
                ? walk(shards.get(id.shard()), visitor)
                : CompletableFuture.completedFuture(null);
    }

    CompletableFuture<@Nullable Void> walk(Shard shard, Sessions.Visitor visitor) {
        var walk = new Walk(shard, visitor, slice);
        walk.goOn();
        return walk.done;
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> parts) {
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
    }

    /// What was found.
    ///
    /// @param sessions not more than were asked for
    /// @param matched how many there are
    public record Listing(List<Session> sessions, int matched) {
        public Listing {
            sessions = List.copyOf(sessions);
        }

        private static Listing of(List<Listing> parts, int max) {
            return new Listing(
                    parts.stream().flatMap(part -> part.sessions.stream()).limit(max).toList(),
                    parts.stream().mapToInt(Listing::matched).sum());
        }
    }

    /// One walk over the allocations of one shard.
    private static final class Walk implements Runnable {
        private final Shard shard;
        private final Sessions.Visitor visitor;
        private final int slice;
        private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        private int next;

        Walk(Shard shard, Sessions.Visitor visitor, int slice) {
            this.shard = shard;
            this.visitor = visitor;
            this.slice = slice;
        }

        void goOn() {
            try {
                shard.loop().execute(this);
            } catch (RejectedExecutionException e) {
                done.completeExceptionally(e);
            }
        }

        @Override
        public void run() {
            try {
                next = shard.engine().sessions().visit(next, slice, shard.wake(), visitor);
            } catch (RuntimeException e) {
                shard.onFault(e);
                done.completeExceptionally(e);
                return;
            }
            if (next == Sessions.END) {
                // Elsewhere than on the loop: what depends on it may take its time.
                done.completeAsync(() -> null);
            } else {
                // A task that a task adds would run in the same wake-up.
                shard.loop().executeAfterEventLoopIteration(this::goOn);
            }
        }
    }
}
