package org.turnd.server.policy;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.engine.Bandwidth;
import org.turnd.server.engine.ConnectionDirectory;
import org.turnd.server.engine.PortRule;
import org.turnd.server.engine.SharedState;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// What the shards of one process share, in memory. Safe on every thread.
///
/// Ports and reservations change hands once an allocation and stand behind one lock; quotas and the
/// relay directory have none.
public final class LocalSharedState implements SharedState {
    /// One port in this many may be held by reservations, so that reserving and never claiming
    /// cannot empty the pool.
    static final int PORTS_PER_RESERVATION = 4;

    private static final int TICKET_KEY_BYTES = 32;

    private final Object lock = new Object();
    private final Map<AddressFamily, PortPool> pools = new EnumMap<>(AddressFamily.class);
    private final Map<AddressFamily, RelayDirectory> directories =
            new EnumMap<>(AddressFamily.class);
    private final @Nullable RelayDirectory ipv4;
    private final @Nullable RelayDirectory ipv6;
    private final Reservations reservations;
    private final AllocationQuotas quotas;
    private final UnaryOperator<String> quotaName;
    private final SecretKey ticketKey;
    private final LocalConnectionDirectory connections;
    private final byte[] nonceSecret = new byte[32];
    private volatile boolean draining;

    /// Starts with every port free, and counts the allocations of each user name by itself.
    public LocalSharedState(ServerSettings.Relay relay, Quotas quotas, RandomGenerator random) {
        this(relay, quotas, UnaryOperator.identity(), random);
    }

    /// Starts with every port free.
    ///
    /// @param relay which addresses and ports relays may have
    /// @param quotaName what the allocations of a user name are counted under
    /// @param random where ports, reservation tokens and the key of mobility tickets come from: a
    ///   [java.security.SecureRandom] outside of tests, for they must not be guessed
    public LocalSharedState(
            ServerSettings.Relay relay,
            Quotas quotas,
            UnaryOperator<String> quotaName,
            RandomGenerator random) {
        this.quotaName = quotaName;
        long quarantineNanos = relay.quarantine().toNanos();
        int ports = relay.maxPort() - relay.minPort() + 1;
        ipv4 = directory(relay.ipv4(), relay.external().known(AddressFamily.IPV4), relay);
        ipv6 = directory(relay.ipv6(), relay.external().known(AddressFamily.IPV6), relay);
        offer(AddressFamily.IPV4, ipv4);
        offer(AddressFamily.IPV6, ipv6);
        for (AddressFamily family : directories.keySet()) {
            pools.put(
                    family,
                    new PortPool(relay.minPort(), relay.maxPort(), quarantineNanos, random));
        }
        reservations =
                new Reservations(
                        Math.max(1, ports / PORTS_PER_RESERVATION), random, this::giveBackUnused);
        this.quotas = new AllocationQuotas(quotas);
        byte[] key = new byte[TICKET_KEY_BYTES];
        random.nextBytes(key);
        ticketKey = new SecretKeySpec(key, "AES");
        connections = new LocalConnectionDirectory(random);
        random.nextBytes(nonceSecret);
    }

    /// Judges new allocations by other quotas from now on. Safe on every thread.
    public void use(Quotas next) {
        quotas.use(next);
    }

    @Override
    public @Nullable TransportAddress relayAddress(AddressFamily family) {
        RelayDirectory directory = directories.get(family);
        return directory == null ? null : directory.internal();
    }

    @Override
    public @Nullable TransportAddress externalRelayAddress(AddressFamily family) {
        RelayDirectory directory = directories.get(family);
        return directory == null ? null : directory.external();
    }

    /// Tells new allocations another external address. Those that exist keep theirs, and the one
    /// before this still leads to them. One thread at a time.
    public void advertise(AddressFamily family, TransportAddress external) {
        RelayDirectory directory = directories.get(family);
        if (directory != null) {
            directory.advertise(external);
        }
    }

    @Override
    public int leasePort(AddressFamily family, PortRule rule, long nowNanos) {
        PortPool pool = pools.get(family);
        if (pool == null) {
            return NONE;
        }
        synchronized (lock) {
            reservations.expire(nowNanos);
            if (rule == PortRule.EVEN_WITH_NEXT && reservations.isFull()) {
                return NONE;
            }
            return pool.lease(rule, nowNanos);
        }
    }

    /// A port that isn't leased is left alone: giving it back twice must not lease it twice.
    @Override
    public void returnPort(AddressFamily family, int port, long nowNanos) {
        PortPool pool = pools.get(family);
        if (pool == null) {
            return;
        }
        synchronized (lock) {
            boolean leased = pool.isLeased(port);
            assert leased : "port " + port + " was not leased";
            if (leased) {
                pool.giveBack(port, nowNanos);
            }
        }
    }

    @Override
    public long reserve(int realm, AddressFamily family, int port, long nowNanos) {
        synchronized (lock) {
            reservations.expire(nowNanos);
            return reservations.add(new Reservation(realm, family, port), nowNanos);
        }
    }

    @Override
    public @Nullable Reservation claim(int realm, long token, long nowNanos) {
        synchronized (lock) {
            reservations.expire(nowNanos);
            return reservations.remove(realm, token);
        }
    }

    @Override
    public boolean acquireAllocation(int realm) {
        return quotas.of(realm).acquire();
    }

    @Override
    public void releaseAllocation(int realm) {
        quotas.of(realm).release();
    }

    @Override
    public boolean acquireAllocation(int realm, String username) {
        return quotas.of(realm).acquire(quotaName.apply(username));
    }

    @Override
    public void releaseAllocation(int realm, String username) {
        quotas.of(realm).release(quotaName.apply(username));
    }

    @Override
    public boolean acquireAllocation(TransportAddress client) {
        return quotas.acquire(client);
    }

    @Override
    public void releaseAllocation(TransportAddress client) {
        quotas.release(client);
    }

    @Override
    public @Nullable Bandwidth bandwidthOf(int realm, String username, int shard, long nowNanos) {
        return quotas.bandwidth(realm, quotaName.apply(username), shard, nowNanos);
    }

    @Override
    public boolean isDraining() {
        return draining;
    }

    /// Says from now on whether new allocations are refused.
    public void setDraining(boolean draining) {
        this.draining = draining;
    }

    @Override
    public SecretKey ticketKey() {
        return ticketKey;
    }

    @Override
    public boolean isRelayAddress(long high, long low) {
        return directoryOf(high, low) != null;
    }

    @Override
    public void publishRelay(AddressFamily family, int port, int shard, int relay) {
        RelayDirectory directory = directories.get(family);
        if (directory != null) {
            directory.publish(port, shard, relay);
        }
    }

    @Override
    public void publishTcpRelay(AddressFamily family, int port) {
        RelayDirectory directory = directories.get(family);
        if (directory != null) {
            directory.publishTcp(port);
        }
    }

    @Override
    public boolean isTcpRelay(long high, long low, int port) {
        RelayDirectory directory = directoryOf(high, low);
        return directory != null && directory.isTcp(port);
    }

    @Override
    public ConnectionDirectory connections() {
        return connections;
    }

    @Override
    public byte[] nonceSecret() {
        return nonceSecret.clone();
    }

    @Override
    public void withdrawRelay(AddressFamily family, int port) {
        RelayDirectory directory = directories.get(family);
        if (directory != null) {
            directory.withdraw(port);
        }
    }

    @Override
    public long findRelay(long high, long low, int port) {
        RelayDirectory directory = directoryOf(high, low);
        return directory == null ? NONE : directory.find(port);
    }

    private @Nullable RelayDirectory directoryOf(long high, long low) {
        if (ipv4 != null && ipv4.matches(high, low)) {
            return ipv4;
        }
        return ipv6 != null && ipv6.matches(high, low) ? ipv6 : null;
    }

    /// Peer data connections that live now: for tests.
    public int connectionCount() {
        return connections.size();
    }

    /// Ports of this family that can be leased now: for metrics and tests.
    public int freePorts(AddressFamily family, long nowNanos) {
        PortPool pool = pools.get(family);
        if (pool == null) {
            return 0;
        }
        synchronized (lock) {
            reservations.expire(nowNanos);
            return pool.freeCount(nowNanos);
        }
    }

    private static @Nullable RelayDirectory directory(
            @Nullable TransportAddress internal,
            @Nullable TransportAddress external,
            ServerSettings.Relay relay) {
        return internal == null
                ? null
                : new RelayDirectory(internal, external, relay.minPort(), relay.maxPort());
    }

    private void offer(AddressFamily family, @Nullable RelayDirectory directory) {
        if (directory != null) {
            directories.put(family, directory);
        }
    }

    private void giveBackUnused(Reservation reservation) {
        PortPool pool = pools.get(reservation.family());
        if (pool != null) {
            pool.giveBackUnused(reservation.port());
        }
    }
}
