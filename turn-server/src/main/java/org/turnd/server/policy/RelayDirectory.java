package org.turnd.server.policy;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.SharedState;
import org.turnd.stun.TransportAddress;

/// Where the live relayed transport addresses of one family are: an array by port. Safe on every
/// thread; lookups neither lock nor allocate.
final class RelayDirectory {
    /// A TCP relay: nothing that datagrams could be handed to.
    private static final long TCP = -2;

    private final TransportAddress internal;
    private volatile TransportAddress external;

    /// What allocations from before the last change were told, and still relay under.
    private volatile TransportAddress former;

    private final int minPort;
    private final AtomicLongArray relays;

    /// @param external what clients and peers see, null when it is the same as `internal`
    RelayDirectory(
            TransportAddress internal,
            @Nullable TransportAddress external,
            int minPort,
            int maxPort) {
        this.internal = internal;
        this.external = external == null ? internal : external;
        former = this.external;
        this.minPort = minPort;
        relays = new AtomicLongArray(maxPort - minPort + 1);
        for (int index = 0; index < relays.length(); index++) {
            relays.setPlain(index, SharedState.NONE);
        }
    }

    TransportAddress internal() {
        return internal;
    }

    TransportAddress external() {
        return external;
    }

    /// Has new allocations told another external address. One thread at a time.
    void advertise(TransportAddress next) {
        if (!next.equals(external)) {
            former = external;
            external = next;
        }
    }

    boolean matches(long high, long low) {
        return is(internal, high, low) || is(external, high, low) || is(former, high, low);
    }

    private static boolean is(TransportAddress address, long high, long low) {
        return high == address.high() && low == address.low();
    }

    void publish(int port, int shard, int relay) {
        relays.setRelease(port - minPort, ((long) shard << 32) | relay);
    }

    void publishTcp(int port) {
        relays.setRelease(port - minPort, TCP);
    }

    boolean isTcp(int port) {
        return at(port) == TCP;
    }

    void withdraw(int port) {
        relays.setRelease(port - minPort, SharedState.NONE);
    }

    long find(int port) {
        long found = at(port);
        return found == TCP ? SharedState.NONE : found;
    }

    private long at(int port) {
        int index = port - minPort;
        return index < 0 || index >= relays.length() ? SharedState.NONE : relays.getAcquire(index);
    }
}
