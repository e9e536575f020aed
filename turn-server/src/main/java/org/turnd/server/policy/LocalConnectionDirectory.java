package org.turnd.server.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ConnectionDirectory;
import org.turnd.server.engine.ConnectionOwner;

/// The peer data connections of one process. Behind one lock: ids change hands a few times in a
/// connection's life, and no data passes here.
final class LocalConnectionDirectory implements ConnectionDirectory {
    /// The id of no connection.
    private static final int NO_ID = 0;

    private final Object lock = new Object();
    private final RandomGenerator random;
    private final Map<Integer, Entry> byId = new HashMap<>();

    private static final class Entry {
        final ConnectionOwner owner;
        boolean offered;
        long untilNanos;

        Entry(ConnectionOwner owner) {
            this.owner = owner;
        }
    }

    /// @param random must be hard to predict
    LocalConnectionDirectory(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public int add(ConnectionOwner owner) {
        synchronized (lock) {
            int id;
            do {
                id = random.nextInt();
            } while (id == NO_ID || byId.containsKey(id));
            byId.put(id, new Entry(owner));
            return id;
        }
    }

    @Override
    public void offer(int id, long untilNanos) {
        synchronized (lock) {
            Entry entry = byId.get(id);
            if (entry != null) {
                entry.offered = true;
                entry.untilNanos = untilNanos;
            }
        }
    }

    @Override
    public @Nullable ConnectionOwner find(int id) {
        synchronized (lock) {
            Entry entry = byId.get(id);
            return entry == null ? null : entry.owner;
        }
    }

    @Override
    public int claim(int id, int realm, String username, long nowNanos) {
        synchronized (lock) {
            Entry entry = byId.get(id);
            if (entry == null || !entry.offered || entry.untilNanos - nowNanos <= 0) {
                return UNKNOWN;
            }
            if (entry.owner.realm().index() != realm || !entry.owner.username().equals(username)) {
                return WRONG_USER;
            }
            entry.offered = false;
            return entry.owner.shard();
        }
    }

    @Override
    public boolean withdraw(int id) {
        synchronized (lock) {
            Entry entry = byId.get(id);
            if (entry == null || !entry.offered) {
                return false;
            }
            entry.offered = false;
            return true;
        }
    }

    @Override
    public void remove(int id) {
        synchronized (lock) {
            byId.remove(id);
        }
    }

    int size() {
        synchronized (lock) {
            return byId.size();
        }
    }
}
