/// Calls between real WebRTC peers (libwebrtc) and what is checked of them.
///
/// Peers run in processes of their own, which [org.turnd.peers.call.PeerMain] is the main class of;
/// this side tells them what to do by lines of JSON and carries their signaling. Start reading at
/// [org.turnd.peers.call.Call].
@NullMarked
package org.turnd.peers.call;

import org.jspecify.annotations.NullMarked;
