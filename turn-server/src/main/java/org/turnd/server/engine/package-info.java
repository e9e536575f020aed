/// The protocol: a pure state machine, input and time in, output through a sink.
///
/// No socket, clock, thread, logger or source of randomness may be used here that was not passed
/// in. Start reading at `TurnEngine`.
@NullMarked
package org.turnd.server.engine;

import org.jspecify.annotations.NullMarked;
