package org.turnd.server.engine;

import java.util.Objects;
import org.turnd.stun.TransportAddress;

/// Who has tried wrong passwords too often (S-14), in memory that doesn't grow. A user name is shut
/// for one source, not for others, and not for the allocations that it has.
///
/// A source is an IPv4 address or the first 64 bits of an IPv6 address. Names and sources whose
/// hashes meet share a slot; the hash has a secret seed, so that nobody can choose with whom.
final class FailedLogins {
    private static final int SLOTS = 4096;
    private static final long MINUTE_NANOS = 60 * 1_000_000_000L;

    private final long seed;
    private int perMinute;
    private final long[] begunNanos = new long[SLOTS];
    private final int[] counts = new int[SLOTS];

    /// @param perMinute wrong passwords at most for one user name from one source
    FailedLogins(int perMinute, long seed) {
        this.perMinute = perMinute;
        this.seed = seed;
    }

    /// Allows another number of tries from now on.
    void allow(int wrongPasswordsPerMinute) {
        perMinute = wrongPasswordsPerMinute;
    }

    /// Says whether this source has no more tries for this name of a realm.
    boolean isShut(ServedRealm realm, Request request, Claim claim) {
        int slot = slot(realm, request, claim);
        return counts[slot] >= perMinute
                && request.nowNanos() - begunNanos[slot] < MINUTE_NANOS
                && !hasAllocation(request, claim);
    }

    void count(ServedRealm realm, Request request, Claim claim) {
        if (hasAllocation(request, claim)) {
            return;
        }
        int slot = slot(realm, request, claim);
        if (counts[slot] == 0 || request.nowNanos() - begunNanos[slot] >= MINUTE_NANOS) {
            begunNanos[slot] = request.nowNanos();
            counts[slot] = 0;
        }
        counts[slot]++;
    }

    private int slot(ServedRealm realm, Request request, Claim claim) {
        TransportAddress source = request.client().client();
        long low = source.isIpv4() ? source.low() : 0;
        int name = Objects.hash(realm.index(), claim.username(), claim.userHash());
        return Hash.of(seed, source.high(), low, name) & (SLOTS - 1);
    }

    private static boolean hasAllocation(Request request, Claim claim) {
        Allocation allocation = request.allocation();
        return allocation != null && allocation.owner.username().equals(claim.username());
    }
}
