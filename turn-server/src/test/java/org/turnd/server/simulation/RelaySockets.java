package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.TransportAddress;

/// The relay sockets of all shards and the book of relay ports: who has one, which rest, which are
/// reserved. Refuses what a server must not do with them.
final class RelaySockets {
    static final int FIRST_PORT = 50_000;
    static final long RESERVATION_NANOS = 30 * VirtualNetwork.SECONDS;

    /// Where a socket stands in its life.
    enum State {
        BINDING,
        BOUND,
        FAILED,
        CLOSED
    }

    /// One relay socket.
    static final class Socket {
        final int shard;
        final int relay;
        final AddressFamily family;
        final int port;
        final FiveTuple owner;
        final String user;
        State state = State.BINDING;

        /// The next port is kept for a RESERVATION-TOKEN.
        boolean reservesNext;

        /// Peers and other clients know of it: its Allocate was answered.
        boolean published;

        /// When its allocation is over, as far as success answers said.
        long expiresNanos = Long.MAX_VALUE;

        Socket(int shard, int relay, AddressFamily family, int port, FiveTuple owner, String user) {
            this.shard = shard;
            this.relay = relay;
            this.family = family;
            this.port = port;
            this.owner = owner;
            this.user = user;
        }
    }

    private record Id(int shard, int relay) {}

    record Port(AddressFamily family, int number) {
        @Override
        public int hashCode() {
            return family.code() << 16 | number;
        }
    }

    private record Reserved(@Nullable Long token, long untilNanos) {}

    private final ScenarioSettings settings;
    private final AddressPlan plan;
    private final Map<Id, Socket> sockets = new LinkedHashMap<>();
    private final Map<Port, Socket> byPort = new HashMap<>();
    private final Map<Port, Long> restUntil = new HashMap<>();
    private final Map<Port, Reserved> reserved = new LinkedHashMap<>();
    private long binds;
    private long closes;
    private long bindsBeforeStep;
    private long closesBeforeStep;

    RelaySockets(ScenarioSettings settings, AddressPlan plan) {
        this.settings = settings;
        this.plan = plan;
    }

    void beginStep() {
        bindsBeforeStep = binds;
        closesBeforeStep = closes;
    }

    /// How many sockets the engine has asked for in this step.
    int bindsInStep() {
        return (int) (binds - bindsBeforeStep);
    }

    boolean changedInStep() {
        return binds != bindsBeforeStep || closes != closesBeforeStep;
    }

    @Nullable Socket find(int shard, int relay) {
        return sockets.get(new Id(shard, relay));
    }

    @Nullable Socket find(AddressFamily family, int port) {
        return byPort.get(new Port(family, port));
    }

    /// Sockets of one five-tuple that are open, opening, or have failed and not been closed yet.
    List<Socket> of(FiveTuple owner) {
        List<Socket> found = new ArrayList<>();
        for (Socket socket : sockets.values()) {
            if (socket.owner.equals(owner)) {
                found.add(socket);
            }
        }
        return found;
    }

    List<Socket> all() {
        return new ArrayList<>(sockets.values());
    }

    int ownersOn(int shard) {
        return (int)
                sockets.values().stream()
                        .filter(socket -> socket.shard == shard)
                        .map(socket -> socket.owner)
                        .distinct()
                        .count();
    }

    int ownersOf(String user) {
        return (int)
                sockets.values().stream()
                        .filter(socket -> socket.user.equals(user))
                        .map(socket -> socket.owner)
                        .distinct()
                        .count();
    }

    /// A socket is asked for.
    Socket bind(
            int shard,
            int relay,
            TransportAddress local,
            FiveTuple owner,
            Model.Pending allocate,
            long nowNanos) {
        binds++;
        AddressFamily family = local.family();
        Port port = new Port(family, local.port());
        Socket failed = sockets.get(new Id(shard, relay));
        if (failed != null) {
            check(failed.state == State.FAILED, "relay %d is bound twice", relay);
            release(failed, nowNanos);
            closes++;
        }
        check(local.withPort(0).equals(plan.relayInside(family)), "bound to %s", local);
        check(isInRange(port.number), "port %s is out of range", port);
        check(!byPort.containsKey(port), "port %s is used twice", port);
        check(!isResting(port, nowNanos), "S-13: port %s is used before it has rested", port);
        Reserved reservation = reserved.get(port);
        if (reservation != null && nowNanos < reservation.untilNanos) {
            check(
                    port.equals(allocate.claimed()),
                    "F-14: the reserved port %s was given to somebody else",
                    port);
        }
        reserved.remove(port);
        Socket socket = new Socket(shard, relay, family, port.number, owner, allocate.user());
        sockets.put(new Id(shard, relay), socket);
        byPort.put(port, socket);
        StunAttribute.EvenPort even = allocate.request().first(StunAttribute.EvenPort.class);
        if (even != null && even.reserveNext()) {
            reserveBeside(socket, nowNanos);
        }
        return socket;
    }

    void close(int shard, int relay, long nowNanos) {
        closes++;
        Socket socket = sockets.get(new Id(shard, relay));
        check(socket != null, "relay %d is closed but was not open", relay);
        if (socket != null) {
            release(socket, nowNanos);
        }
    }

    /// The port beside a leased one is kept for a token that is still to be told.
    private void reserveBeside(Socket socket, long nowNanos) {
        socket.reservesNext = true;
        reserved.put(
                new Port(socket.family, socket.port + 1),
                new Reserved(null, nowNanos + RESERVATION_NANOS));
    }

    void tokenFor(Socket socket, long token) {
        Port port = new Port(socket.family, socket.port + 1);
        Reserved reservation = reserved.get(port);
        if (reservation != null) {
            reserved.put(port, new Reserved(token, reservation.untilNanos));
        }
    }

    /// Returns the port that this token stands for now, or null.
    @Nullable Port reservedBy(long token, long nowNanos) {
        for (Map.Entry<Port, Reserved> entry : reserved.entrySet()) {
            Long known = entry.getValue().token;
            if (known != null && known == token && nowNanos < entry.getValue().untilNanos) {
                return entry.getKey();
            }
        }
        return null;
    }

    /// Ports that could be leased.
    ///
    /// @param even only even ones
    int freePorts(AddressFamily family, boolean even, long nowNanos) {
        int free = 0;
        for (int number = FIRST_PORT; isInRange(number); number++) {
            Port port = new Port(family, number);
            Reserved reservation = reserved.get(port);
            boolean kept = reservation != null && nowNanos <= reservation.untilNanos;
            boolean fits = !even || number % 2 == 0;
            if (fits && !kept && !byPort.containsKey(port) && !isResting(port, nowNanos)) {
                free++;
            }
        }
        return free;
    }

    void checkAllClosed() {
        check(sockets.isEmpty(), "%d relay sockets are left", sockets.size());
        check(binds == closes, "%d relays were bound, %d closed", binds, closes);
    }

    private boolean isInRange(int port) {
        return port >= FIRST_PORT && port < FIRST_PORT + settings.relayPorts();
    }

    private boolean isResting(Port port, long nowNanos) {
        Long until = restUntil.get(port);
        return until != null && nowNanos < until;
    }

    private void release(Socket socket, long nowNanos) {
        socket.state = State.CLOSED;
        Port port = new Port(socket.family, socket.port);
        sockets.remove(new Id(socket.shard, socket.relay));
        byPort.remove(port);
        restUntil.put(port, nowNanos + quarantineNanos());
        if (socket.reservesNext && !socket.published) {
            cancelReservation(new Port(socket.family, socket.port + 1), nowNanos);
        }
    }

    /// The Allocate that reserved this port came to nothing: it goes back and rests.
    private void cancelReservation(Port port, long nowNanos) {
        Reserved reservation = reserved.get(port);
        if (reservation != null && reservation.token == null) {
            reserved.remove(port);
            if (nowNanos <= reservation.untilNanos) {
                restUntil.put(port, nowNanos + quarantineNanos());
            }
        }
    }

    private long quarantineNanos() {
        return settings.quarantineSeconds() * VirtualNetwork.SECONDS;
    }
}
