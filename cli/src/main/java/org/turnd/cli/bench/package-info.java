/// `turnd bench`: load for a TURN server, and what became of every packet.
///
/// Nothing here knows what the server is made of. Start reading at `BenchCommand`; `Fleet` makes
/// the flows, `BenchLoop` is the one thread on which `Load` sends and `Arrivals` counts.
@NullMarked
package org.turnd.cli.bench;

import org.jspecify.annotations.NullMarked;
