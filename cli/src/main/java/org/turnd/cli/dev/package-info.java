/// `turnd run --dev`: a server that works at once on a developer's machine.
///
/// What it makes up (addresses, ports, a secret, a certificate) lives here and nowhere else;
/// nothing here may weaken a server that has a configuration. Start reading at `DevServer`.
@NullMarked
package org.turnd.cli.dev;

import org.jspecify.annotations.NullMarked;
