/// TURN servers as processes: started in a laboratory's namespace, stopped, killed, started again.
///
/// What differs between servers is hidden behind [org.turnd.peers.server.TurnServerProcess], where
/// to start reading.
@NullMarked
package org.turnd.peers.server;

import org.jspecify.annotations.NullMarked;
