/// The commands that ask a running server: thin clients of its admin API.
///
/// Start reading at `AdminTarget`, which finds the server, and `AdminClient`, which asks it.
@NullMarked
package org.turnd.cli.admin;

import org.jspecify.annotations.NullMarked;
