package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPath;

/// One shard's open connections by their ids. Belongs to the shard's thread.
final class ClientConnections {
    private final IntObjectHashMap<ClientConnection> open = new IntObjectHashMap<>();
    private int nextId;

    /// Returns an id for a new connection.
    int nextId() {
        int id = nextId;
        nextId = (id + 1) & Integer.MAX_VALUE;
        return id;
    }

    void add(ClientConnection connection) {
        open.put(connection.id(), connection);
    }

    void remove(ClientConnection connection) {
        open.remove(connection.id());
    }

    @Nullable ClientConnection get(int id) {
        return open.get(id);
    }

    /// Tells a connection whether it has an allocation. A remote client's is another shard's, which
    /// is told by itself.
    void mark(ClientPath path, boolean hasAllocation) {
        ClientConnection connection = path.isRemote() ? null : open.get(path.connection());
        if (connection != null) {
            connection.allocated(hasAllocation);
        }
    }

    /// Sends one message, or drops it when the connection is gone. Borrows the buffer.
    void send(int id, ByteBuf buffer, int offset, int length, boolean isRelayed) {
        ClientConnection connection = open.get(id);
        if (connection != null) {
            connection.send(buffer, offset, length, isRelayed);
        }
    }

    void finishAll() {
        List.copyOf(open.values()).forEach(ClientConnection::finish);
    }
}
