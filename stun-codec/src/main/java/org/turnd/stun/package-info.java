/// STUN, TURN and ChannelData messages: bytes to values and back.
///
/// Nothing here opens a socket, starts a thread or reads a clock. Start reading at `StunView`,
/// which looks at a message in place, then `StunMessage`, its immutable counterpart.
@NullMarked
package org.turnd.stun;

import org.jspecify.annotations.NullMarked;
