/// A turnd that is treated badly: floods, half-open connections, loops, shortages, losses and
/// crashes, all in a network namespace of its own. [Soak] runs the scenarios again and again, as
/// `./soak` does, or each once, as `ChaosTest` does. Whatever happens, a well-behaved client is
/// served, and afterwards nothing is left behind.
@NullMarked
package org.turnd.chaos;

import org.jspecify.annotations.NullMarked;
