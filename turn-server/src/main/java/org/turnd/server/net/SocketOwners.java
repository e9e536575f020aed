package org.turnd.server.net;

import java.util.Arrays;

/// Which socket belongs to which listener or relay, both ways. Ids are small numbers.
final class SocketOwners {
    static final int NO_SOCKET = -1;

    private int[] ofListener = new int[0];
    private int[] ofRelay = new int[0];
    private int[] owners = new int[0];

    void addListener(int listener, int socket) {
        ofListener = with(ofListener, listener, socket);
        owners = with(owners, socket, listener);
    }

    void addRelay(int relay, int socket) {
        ofRelay = with(ofRelay, relay, socket);
        owners = with(owners, socket, relay);
    }

    /// Forgets a relay, and returns its socket or [#NO_SOCKET].
    int removeRelay(int relay) {
        int socket = relay < ofRelay.length ? ofRelay[relay] : NO_SOCKET;
        if (socket != NO_SOCKET) {
            ofRelay[relay] = NO_SOCKET;
        }
        return socket;
    }

    /// Returns a listener's socket, or [#NO_SOCKET] where only another shard has one.
    int ofListener(int listener) {
        return listener < ofListener.length ? ofListener[listener] : NO_SOCKET;
    }

    int ofRelay(int relay) {
        return ofRelay[relay];
    }

    /// The listener or the relay that a socket belongs to.
    int owner(int socket) {
        return owners[socket];
    }

    private static int[] with(int[] table, int key, int value) {
        int[] roomy = table;
        if (key >= table.length) {
            roomy = Arrays.copyOf(table, Math.max(16, Integer.highestOneBit(key) * 2));
            Arrays.fill(roomy, table.length, roomy.length, NO_SOCKET);
        }
        roomy[key] = value;
        return roomy;
    }
}
