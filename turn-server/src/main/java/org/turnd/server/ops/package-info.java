/// What operators look at: metrics, health, and the word to the service manager.
///
/// Nothing here may slow a packet down or show a user name or an address. Start reading at
/// `OpsServer`.
@NullMarked
package org.turnd.server.ops;

import org.jspecify.annotations.NullMarked;
