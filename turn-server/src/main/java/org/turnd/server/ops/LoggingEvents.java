package org.turnd.server.ops;

import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Writes what the engines tell into the log: a line an allocation, and refused requests sampled,
/// at most five a second and cause. The message is a stable event name, all else is key and value.
///
/// Safe on every thread. The log's appender must not block.
public final class LoggingEvents implements EngineEvents {
    static final int REFUSALS_PER_SECOND_MAX = 5;

    private final Logger log;
    private final LongSupplier nanoClock;
    private volatile Level whoAndWhere;
    private final EventSampler refusals =
            new EventSampler(RefusalCause.values().length, REFUSALS_PER_SECOND_MAX);

    /// @param nanoClock such as `System::nanoTime`
    /// @param audit say of every allocation who made it, where it is and whom it talks to (S-10)
    public LoggingEvents(Logger log, LongSupplier nanoClock, boolean audit) {
        this.log = log;
        this.whoAndWhere = level(audit);
        this.nanoClock = nanoClock;
    }

    /// Says from now on who made each allocation and whom it talks to, or doesn't.
    public void audit(boolean wanted) {
        whoAndWhere = level(wanted);
    }

    private static Level level(boolean audit) {
        return audit ? Level.INFO : Level.DEBUG;
    }

    @Override
    public void onAllocated(
            ClientPath client, String username, TransportAddress relayed, int lifetimeSeconds) {
        if (log.isEnabledForLevel(whoAndWhere)) {
            log.atLevel(whoAndWhere)
                    .setMessage("allocation_created")
                    .addKeyValue("client", client.client())
                    .addKeyValue("transport", client.transport())
                    .addKeyValue("username", LogText.safe(username))
                    .addKeyValue("relayed", relayed)
                    .addKeyValue("lifetime_seconds", lifetimeSeconds)
                    .log();
        }
    }

    @Override
    public void onPermitted(ClientPath client, String username, TransportAddress peer) {
        if (log.isEnabledForLevel(whoAndWhere)) {
            log.atLevel(whoAndWhere)
                    .setMessage("peer_permitted")
                    .addKeyValue("client", client.client())
                    .addKeyValue("transport", client.transport())
                    .addKeyValue("username", LogText.safe(username))
                    .addKeyValue("peer", peer.host())
                    .log();
        }
    }

    @Override
    public void onClientLetIn(ClientPath client, String username) {
        if (log.isInfoEnabled()) {
            log.atInfo()
                    .setMessage("client_moved")
                    .addKeyValue("client", client.client())
                    .addKeyValue("transport", client.transport())
                    .addKeyValue("username", LogText.safe(username))
                    .log();
        }
    }

    @Override
    public void onAllocationEnded(
            ClientPath client,
            String username,
            EndReason reason,
            long bytesToPeers,
            long bytesToClient) {
        if (log.isInfoEnabled()) {
            log.atInfo()
                    .setMessage("allocation_ended")
                    .addKeyValue("client", client.client())
                    .addKeyValue("transport", client.transport())
                    .addKeyValue("username", LogText.safe(username))
                    .addKeyValue("reason", text(reason))
                    .addKeyValue("bytes_to_peers", bytesToPeers)
                    .addKeyValue("bytes_to_client", bytesToClient)
                    .log();
        }
    }

    @Override
    public void onPeerConnected(ClientPath client, String username, TransportAddress peer) {
        if (log.isDebugEnabled()) {
            log.atDebug()
                    .setMessage("peer_connected")
                    .addKeyValue("client", client.client())
                    .addKeyValue("transport", client.transport())
                    .addKeyValue("username", LogText.safe(username))
                    .addKeyValue("peer", peer)
                    .log();
        }
    }

    @Override
    public void onPeerConnectionEnded(
            ClientPath client,
            String username,
            TransportAddress peer,
            PeerConnectionEnd reason,
            long bytesToPeer,
            long bytesToClient) {
        if (log.isDebugEnabled()) {
            log.atDebug()
                    .setMessage("peer_connection_ended")
                    .addKeyValue("client", client.client())
                    .addKeyValue("transport", client.transport())
                    .addKeyValue("username", LogText.safe(username))
                    .addKeyValue("peer", peer)
                    .addKeyValue("reason", text(reason))
                    .addKeyValue("bytes_to_peer", bytesToPeer)
                    .addKeyValue("bytes_to_client", bytesToClient)
                    .log();
        }
    }

    @Override
    public void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {
        Level level = level(cause);
        if (!log.isEnabledForLevel(level)) {
            return;
        }
        int suppressed = refusals.admit(cause.ordinal(), nanoClock.getAsLong());
        if (suppressed == EventSampler.SUPPRESSED) {
            return;
        }
        var line =
                log.atLevel(level)
                        .setMessage("request_refused")
                        .addKeyValue("client", client.client())
                        .addKeyValue("transport", client.transport())
                        .addKeyValue("method", method)
                        .addKeyValue("error_code", errorCode)
                        .addKeyValue("cause", text(cause));
        (suppressed > 0 ? line.addKeyValue("suppressed_before", suppressed) : line).log();
    }

    /// What every healthy client does is not worth a line; what somebody should look at is a
    /// warning.
    private static Level level(RefusalCause cause) {
        return switch (cause) {
            case NO_CREDENTIALS,
                    STALE_NONCE,
                    ALLOCATION_EXISTS,
                    NO_ALLOCATION,
                    DRAINING,
                    REDIRECTED ->
                    Level.DEBUG;
            case UNKNOWN_ATTRIBUTE,
                    BAD_REQUEST,
                    UNSUPPORTED_TRANSPORT,
                    UNSUPPORTED_FAMILY,
                    FAMILY_MISMATCH,
                    BAD_RESERVATION,
                    MOBILITY_FORBIDDEN,
                    BAD_TICKET,
                    TRANSPORT_DENIED,
                    WRONG_TRANSPORT,
                    CONNECTION_EXISTS,
                    CONNECT_FAILED,
                    NO_CONNECTION,
                    PEER_DENIED ->
                    Level.INFO;
            case INCOMPLETE_CREDENTIALS,
                    PASSWORD_ALGORITHM,
                    WRONG_REALM,
                    UNKNOWN_USER,
                    WRONG_PASSWORD,
                    REVOKED,
                    USERS_UNAVAILABLE,
                    UNKNOWN_KEY_ID,
                    BAD_TOKEN,
                    EXPIRED_TOKEN,
                    WRONG_USER,
                    CLIENT_DENIED,
                    USER_QUOTA,
                    CLIENT_QUOTA,
                    NO_PORT,
                    CAPACITY ->
                    Level.WARN;
        };
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
