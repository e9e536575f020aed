package org.turnd.server.policy;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// A set of small numbers with a uniformly random pick, every operation in constant time.
final class PortSet {
    private static final int ABSENT = -1;

    private final int[] members;
    private final int[] positions;
    private int size;

    /// @param bound members are 0 to `bound - 1`
    PortSet(int bound) {
        members = new int[bound];
        positions = new int[bound];
        Arrays.fill(positions, ABSENT);
    }

    int size() {
        return size;
    }

    boolean contains(int member) {
        return positions[member] != ABSENT;
    }

    void add(int member) {
        if (!contains(member)) {
            members[size] = member;
            positions[member] = size++;
        }
    }

    void remove(int member) {
        int position = positions[member];
        if (position != ABSENT) {
            int last = members[--size];
            members[position] = last;
            positions[last] = position;
            positions[member] = ABSENT;
        }
    }

    /// Returns one member, each as likely as any other. The set must not be empty.
    int pick(RandomGenerator random) {
        return members[random.nextInt(size)];
    }
}
