/// Networks to order: namespaces, links, routes and NATs on this machine, private to one run.
///
/// Nothing here knows of TURN or WebRTC; what runs inside the namespaces is the caller's. Start
/// reading at [org.turnd.peers.lab.NatLaboratory].
@NullMarked
package org.turnd.peers.lab;

import org.jspecify.annotations.NullMarked;
