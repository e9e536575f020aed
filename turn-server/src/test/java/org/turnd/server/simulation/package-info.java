/// Whole sessions on a virtual network and a virtual clock, from one seed: engines, clients behind
/// NATs, peers, and a model of RFC 8656 that judges every step. No socket, real clock or other
/// source of randomness may be used here. Start reading at `Scenario`.
@NullMarked
package org.turnd.server.simulation;

import org.jspecify.annotations.NullMarked;
