/// `turnd bench`: load for a TURN server, and what became of every packet.
///
/// Nothing here knows what the server is made of. Start reading at `BenchCommand`; `Fleet` makes
/// the flows, `Load` sends, `Receiver` and `Measurement` count.
@NullMarked
package org.turnd.cli.bench;

import org.jspecify.annotations.NullMarked;
