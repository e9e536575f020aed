package org.turnd.server.ops;

import org.turnd.server.config.EventKind;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;

/// Where events go. Called on the event loops: safe on every thread, and must not block.
public interface EventOutlet {
    /// Says whether events of this kind are of any use here, so that others aren't even made.
    boolean wants(EventKind kind);

    /// Takes an event of a kind that is wanted.
    void accept(Event event);

    /// A request was answered with an error.
    default void onRefused(
            ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {}
}
