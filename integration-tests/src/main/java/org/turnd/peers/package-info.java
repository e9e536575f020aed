/// The peer harness: real WebRTC peers and the network laboratory they call through.
///
/// It knows the server only by its URL. Start reading at `PeersCommand`.
@NullMarked
package org.turnd.peers;

import org.jspecify.annotations.NullMarked;
