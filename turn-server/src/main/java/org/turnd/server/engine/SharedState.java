package org.turnd.server.engine;

import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// What all shards must see: relay ports, quotas, reservations and where relayed addresses live.
/// Every method is safe on every thread; [#findRelay] and [#isRelayAddress] are on the data path
/// and neither lock nor allocate.
public interface SharedState {
    /// No port, shard or relay.
    int NONE = -1;

    /// The local address to bind relays of this family to, port 0; null when the family isn't
    /// offered.
    @Nullable TransportAddress relayAddress(AddressFamily family);

    /// The address that clients and peers see instead of [#relayAddress]: the external mapping, or
    /// the same address.
    @Nullable TransportAddress externalRelayAddress(AddressFamily family);

    /// Leases a random free port, or returns [#NONE]. With [PortRule#EVEN_WITH_NEXT] the next port
    /// is leased too.
    int leasePort(AddressFamily family, PortRule rule, long nowNanos);

    /// Gives a leased port back; it rests in quarantine before it is leased again (S-13).
    void returnPort(AddressFamily family, int port, long nowNanos);

    /// Keeps a leased port for whoever brings the returned token within 30 s (F-14); unclaimed, it
    /// goes back to the pool by itself.
    ///
    /// @param realm whose clients may claim it
    long reserve(int realm, AddressFamily family, int port, long nowNanos);

    /// Takes the port of a reservation, once; null when the token is unknown, used, expired or
    /// another realm's, whose reservation it stays.
    @Nullable Reservation claim(int realm, long token, long nowNanos);

    /// Counts one more allocation of this realm, or returns false when it has as many as it may.
    boolean acquireAllocation(int realm);

    /// Counts one allocation of this realm less.
    void releaseAllocation(int realm);

    /// Counts one more allocation of this realm's user, or returns false when it has as many as it
    /// may.
    boolean acquireAllocation(int realm, String username);

    /// Counts one allocation of this realm's user less.
    void releaseAllocation(int realm, String username);

    /// Counts one more allocation of this client's address, or returns false when it has as many as
    /// it may.
    boolean acquireAllocation(TransportAddress client);

    /// Counts one allocation of this client's address less.
    void releaseAllocation(TransportAddress client);

    /// What a new allocation on this shard may relay, within what its user's allocations, its
    /// realm's and the server's share; null for everything. The user's are counted already.
    @Nullable Bandwidth bandwidthOf(int realm, String username, int shard, long nowNanos);

    /// Says whether new allocations are refused because the server is about to stop.
    boolean isDraining();

    /// What the keys of MOBILITY-TICKETs (RFC 8016) are derived from: 32 bytes. Constant.
    SecretKey ticketKey();

    /// Says whether this is the IP address of relayed addresses, internal or external.
    boolean isRelayAddress(long high, long low);

    /// Makes a bound relay known under its external (and internal) address.
    void publishRelay(AddressFamily family, int port, int shard, int relay);

    /// Makes a listening TCP relay known, under both addresses. Its port is free for no UDP relay.
    void publishTcpRelay(AddressFamily family, int port);

    /// Says whether a TCP relay listens at this relayed transport address.
    boolean isTcpRelay(long high, long low, int port);

    /// Forgets a relay of either kind.
    void withdrawRelay(AddressFamily family, int port);

    /// The connections between TCP relays and peers.
    ConnectionDirectory connections();

    /// What the nonces of every shard are sealed with: 32 bytes that nobody can guess. A client's
    /// nonce is good on whichever shard its next connection arrives.
    byte[] nonceSecret();

    /// Returns `shard << 32 | relay` of a live UDP relayed transport address, or [#NONE].
    long findRelay(long high, long low, int port);

    /// A claimed port.
    ///
    /// @param realm the index of the realm that it is for
    record Reservation(int realm, AddressFamily family, int port) {}
}
