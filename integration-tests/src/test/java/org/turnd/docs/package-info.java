/// The documentation is held against the program: links, commands, the reference of commands.
@NullMarked
package org.turnd.docs;

import org.jspecify.annotations.NullMarked;
