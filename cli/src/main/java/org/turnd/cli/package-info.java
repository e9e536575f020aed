/// The `turnd` command.
///
/// Commands parse arguments and print; what they do lives in the server library. Start reading at
/// `Turnd`.
@NullMarked
package org.turnd.cli;

import org.jspecify.annotations.NullMarked;
