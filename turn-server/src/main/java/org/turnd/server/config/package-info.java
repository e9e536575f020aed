/// Immutable settings and how they are read from HOCON with every problem reported at once.
///
/// Nothing here opens a socket or starts a thread. Start reading at `ServerSettings`.
@NullMarked
package org.turnd.server.config;

import org.jspecify.annotations.NullMarked;
