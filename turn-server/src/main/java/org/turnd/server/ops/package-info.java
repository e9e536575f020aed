/// What operators look at: metrics, health, log lines, and the word to the service manager.
///
/// Nothing here may slow a packet down, and no metric shows a user name or an address. Start
/// reading at `OpsServer`, then `Metrics` and `EventPublisher`.
@NullMarked
package org.turnd.server.ops;

import org.jspecify.annotations.NullMarked;
