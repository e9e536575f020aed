package org.turnd.server.net;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPass;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineSink;
import org.turnd.server.engine.Roaming;
import org.turnd.server.engine.Transport;
import org.turnd.stun.TransportAddress;

/// Takes to one shard's engine and connections what other shards pass to it about clients that have
/// moved (RFC 8016).
final class PassedClients {
    private final EngineSink sink;
    private final Roaming roaming;
    private final Shard.AllocationMarker marker;
    private final ClientConnections connections;

    /// @param sink the shard's own
    /// @param marker told which clients of this shard have an allocation on another
    PassedClients(
            EngineSink sink,
            Roaming roaming,
            Shard.AllocationMarker marker,
            ClientConnections connections) {
        this.sink = sink;
        this.roaming = roaming;
        this.marker = marker;
        this.connections = connections;
    }

    void take(HandOverInbox.Passed passed, long nowNanos) {
        switch (passed.kind()) {
            case MESSAGE ->
                    roaming.onPassedMessage(
                            passed.from(),
                            passed.transport(),
                            passed.listener(),
                            passed.connection(),
                            passed.high(),
                            passed.low(),
                            passed.port(),
                            passed.buffer(),
                            passed.offset(),
                            passed.length(),
                            nowNanos);
            case CLOSED ->
                    roaming.onPassedClosed(
                            passed.from(),
                            passed.transport(),
                            passed.listener(),
                            passed.connection(),
                            passed.high(),
                            passed.low(),
                            passed.port(),
                            nowNanos);
            case TOLD, DATA, RETURNED -> takeForClient(passed, nowNanos);
        }
    }

    private void takeForClient(HandOverInbox.Passed passed, long nowNanos) {
        ClientPath client = clientOf(passed);
        if (client == null) {
            if (passed.leased()) {
                // The other shard hasn't heard yet that the connection is gone.
                sink.passClient(
                        passed.from(),
                        ClientPass.CLOSED,
                        gone(passed),
                        Unpooled.EMPTY_BUFFER,
                        0,
                        0);
            }
            return;
        }
        if (passed.kind() == ClientPass.RETURNED) {
            roaming.onReturned(
                    client,
                    passed.from(),
                    passed.buffer(),
                    passed.offset(),
                    passed.length(),
                    nowNanos);
            return;
        }
        if (passed.kind() == ClientPass.TOLD) {
            roaming.onTold(client, passed.from(), passed.leased(), passed.leaseNanos(), nowNanos);
            marker.mark(client, passed.leased());
        }
        if (passed.length() > 0) {
            sink.sendToClient(client, passed.buffer(), passed.offset(), passed.length());
        }
    }

    private @Nullable ClientPath clientOf(HandOverInbox.Passed passed) {
        if (passed.transport() == Transport.UDP) {
            return ClientPath.datagram(passed.listener(), address(passed));
        }
        ClientConnection connection = connections.get(passed.connection());
        return connection == null ? null : connection.path();
    }

    private static ClientPath gone(HandOverInbox.Passed passed) {
        return ClientPath.stream(
                passed.transport(), passed.listener(), passed.connection(), address(passed));
    }

    private static TransportAddress address(HandOverInbox.Passed passed) {
        return new TransportAddress(passed.high(), passed.low(), passed.port());
    }
}
