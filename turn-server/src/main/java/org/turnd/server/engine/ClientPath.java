package org.turnd.server.engine;

import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// One five-tuple as seen from the server (RFC 8656 §2): where a client's messages come from and
/// where its answers go. Belongs to the engine's thread.
///
/// A stream connection has one path for its whole life; the net side makes it when the connection
/// opens. For UDP the engine makes one a request and keeps it with the allocation.
public final class ClientPath {
    /// The connection id of a client that has no connection.
    public static final int NO_CONNECTION = -1;

    private static final int HERE = -1;

    private final Transport transport;
    private final int listener;
    private final int connection;
    private final TransportAddress client;
    private final int home;

    /// The allocation of a stream, and of a client of another shard; other UDP clients' are found
    /// by address.
    @Nullable Allocation streamAllocation;

    /// The way to the allocation of a stream of this shard when another shard has it.
    Routes.@Nullable Route route;

    private boolean bindingOnly;

    private ClientPath(
            Transport transport, int listener, int connection, TransportAddress client, int home) {
        this.transport = transport;
        this.listener = listener;
        this.connection = connection;
        this.client = client;
        this.home = home;
    }

    /// A path of UDP datagrams.
    ///
    /// @param listener index of the listening socket that got the request and sends the answers
    public static ClientPath datagram(int listener, TransportAddress client) {
        return new ClientPath(Transport.UDP, listener, NO_CONNECTION, client, HERE);
    }

    /// A path over one TCP or TLS connection.
    ///
    /// @param connection id chosen by the net side, unique among the shard's open connections
    public static ClientPath stream(
            Transport transport, int listener, int connection, TransportAddress client) {
        return new ClientPath(transport, listener, connection, client, HERE);
    }

    /// A path of a client whose messages reach another shard (RFC 8016).
    static ClientPath remote(
            int home,
            Transport transport,
            int listener,
            int connection,
            long high,
            long low,
            int port) {
        return new ClientPath(
                transport, listener, connection, new TransportAddress(high, low, port), home);
    }

    /// A path over one DTLS association: datagrams, and for the engine a connection all the same,
    /// because the association's end is the five-tuple's (RFC 7350 §4.6).
    ///
    /// @param connection as of a stream
    public static ClientPath dtls(int listener, int connection, TransportAddress client) {
        return new ClientPath(Transport.DTLS, listener, connection, client, HERE);
    }

    /// Lets the client do Binding and nothing else. Before its first message.
    public ClientPath forBindingOnly() {
        bindingOnly = true;
        return this;
    }

    public Transport transport() {
        return transport;
    }

    /// The index of the listener, in the order of the settings.
    public int listener() {
        return listener;
    }

    /// Whether the client asked for NAT discovery and nothing else (P-05, RFC 7443 §2).
    public boolean bindingOnly() {
        return bindingOnly;
    }

    /// The id of the stream connection or DTLS session, or [#NO_CONNECTION].
    public int connection() {
        return connection;
    }

    /// The client's address as the server sees it: what XOR-MAPPED-ADDRESS says.
    public TransportAddress client() {
        return client;
    }

    /// Says whether the client's messages reach another shard than the one that has its allocation.
    public boolean isRemote() {
        return home != HERE;
    }

    /// The shard that the messages of a remote client reach.
    public int home() {
        return home;
    }

    /// Says whether a remote client has an allocation.
    public boolean isLeased() {
        return streamAllocation != null;
    }

    /// When the allocation of a remote client ends at the latest.
    public long leaseNanos() {
        return streamAllocation == null ? 0 : streamAllocation.lastExpiryNanos();
    }

    boolean isDatagram(int atListener, long high, long low, int port) {
        return transport == Transport.UDP
                && listener == atListener
                && client.low() == low
                && client.port() == port
                && client.high() == high;
    }

    /// Says whether this is the same five-tuple. Two connections are never the same, not even when
    /// their addresses are.
    boolean isSame(ClientPath other) {
        return transport == other.transport
                && listener == other.listener
                && connection == other.connection
                && (!transport.hasConnection() || home == other.home)
                && client.equals(other.client);
    }

    @Override
    public String toString() {
        return transport + " " + client;
    }
}
