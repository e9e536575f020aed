/// Sockets: listeners, relay sockets, stream framing and TLS, one `Shard` an event loop.
///
/// No protocol rule may live here; bytes are handed to the engine of the shard that owns them.
/// Start reading at `Shard`, then `UdpIo`.
@NullMarked
package org.turnd.server.net;

import org.jspecify.annotations.NullMarked;
