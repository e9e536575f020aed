/// The STUN/TURN server as an embeddable library.
///
/// This package only assembles the parts below it; nothing here knows the protocol or a socket.
/// Start reading at `TurnServer`.
@NullMarked
package org.turnd.server;

import org.jspecify.annotations.NullMarked;
