package org.turnd.server.net;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.turnd.server.engine.RemoteUsers;
import org.turnd.server.engine.UserAnswer;

/// Brings what stores say of users to the loop of the shard that has asked. Safe on every thread.
///
/// @param shards all shards, complete before anybody asks
/// @param shard the one that has asked
record UserReplies(List<Shard> shards, int shard) implements RemoteUsers.Replies {
    @Override
    public void reply(int ticket, UserAnswer answer) {
        Shard asker = shards.get(shard);
        try {
            asker.loop().execute(() -> give(asker, ticket, answer));
        } catch (RejectedExecutionException e) {
            // The server is closed, and nobody waits any more.
        }
    }

    private static void give(Shard asker, int ticket, UserAnswer answer) {
        long now = asker.wake();
        try {
            asker.engine().onUser(ticket, answer, now);
        } catch (RuntimeException e) {
            asker.onFault(e);
        }
    }
}
