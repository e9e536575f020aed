/// `turnd doctor`: looks at the machine and the configuration of a server from where it runs, and
/// says what stands in its way.
@NullMarked
package org.turnd.cli.doctor;

import org.jspecify.annotations.NullMarked;
