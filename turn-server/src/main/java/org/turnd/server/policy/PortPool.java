package org.turnd.server.policy;

import java.util.random.RandomGenerator;
import org.turnd.server.engine.PortRule;
import org.turnd.server.engine.SharedState;

/// The relay ports of one address family: leased at random, rested after use. Not thread-safe; its
/// owner holds a lock.
///
/// Three sets answer every [PortRule] with one random pick instead of a search: free even ports,
/// free odd ports, and free even ports whose successor is free too.
final class PortPool {
    private enum State {
        FREE,
        LEASED,
        RESTING
    }

    private final int minPort;
    private final State[] states;
    private final PortSet even;
    private final PortSet odd;
    private final PortSet pairs;
    private final RandomGenerator random;

    private final long quarantineNanos;
    private final int[] restingPorts;
    private final long[] restingUntilNanos;
    private int restingHead;
    private int restingCount;

    PortPool(int minPort, int maxPort, long quarantineNanos, RandomGenerator random) {
        int count = maxPort - minPort + 1;
        this.minPort = minPort;
        this.quarantineNanos = quarantineNanos;
        this.random = random;
        states = new State[count];
        even = new PortSet(count);
        odd = new PortSet(count);
        pairs = new PortSet(count);
        restingPorts = new int[count];
        restingUntilNanos = new long[count];
        for (int index = 0; index < count; index++) {
            free(index);
        }
    }

    /// Leases a free port (F-13, F-24), and its successor with [PortRule#EVEN_WITH_NEXT].
    ///
    /// @return the port, or [SharedState#NONE]
    int lease(PortRule rule, long nowNanos) {
        endQuarantine(nowNanos);
        int index =
                switch (rule) {
                    case ANY -> pickAny();
                    case EVEN -> pickFrom(even);
                    case EVEN_WITH_NEXT -> pickFrom(pairs);
                };
        if (index == SharedState.NONE) {
            return SharedState.NONE;
        }
        take(index);
        if (rule == PortRule.EVEN_WITH_NEXT) {
            take(index + 1);
        }
        return minPort + index;
    }

    boolean isLeased(int port) {
        int index = port - minPort;
        return index >= 0 && index < states.length && states[index] == State.LEASED;
    }

    /// Takes back a port that was in use; it rests first (S-13).
    void giveBack(int port, long nowNanos) {
        int index = port - minPort;
        states[index] = State.RESTING;
        int tail = (restingHead + restingCount++) % restingPorts.length;
        restingPorts[tail] = index;
        restingUntilNanos[tail] = nowNanos + quarantineNanos;
    }

    /// Takes back a port that no socket was ever bound to: no late packet can come for it.
    void giveBackUnused(int port) {
        free(port - minPort);
    }

    int freeCount(long nowNanos) {
        endQuarantine(nowNanos);
        return even.size() + odd.size();
    }

    private int pickAny() {
        int free = even.size() + odd.size();
        if (free == 0) {
            return SharedState.NONE;
        }
        return random.nextInt(free) < even.size() ? even.pick(random) : odd.pick(random);
    }

    private int pickFrom(PortSet set) {
        return set.size() == 0 ? SharedState.NONE : set.pick(random);
    }

    private void endQuarantine(long nowNanos) {
        while (restingCount > 0 && nowNanos - restingUntilNanos[restingHead] >= 0) {
            free(restingPorts[restingHead]);
            restingHead = (restingHead + 1) % restingPorts.length;
            restingCount--;
        }
    }

    private void take(int index) {
        states[index] = State.LEASED;
        if (isEven(index)) {
            even.remove(index);
            pairs.remove(index);
        } else {
            odd.remove(index);
            if (index > 0) {
                pairs.remove(index - 1);
            }
        }
    }

    private void free(int index) {
        states[index] = State.FREE;
        if (isEven(index)) {
            even.add(index);
            if (index + 1 < states.length && odd.contains(index + 1)) {
                pairs.add(index);
            }
        } else {
            odd.add(index);
            if (index > 0 && even.contains(index - 1)) {
                pairs.add(index - 1);
            }
        }
    }

    private boolean isEven(int index) {
        return (minPort + index) % 2 == 0;
    }
}
