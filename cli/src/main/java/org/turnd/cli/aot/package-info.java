/// The training run of the AOT cache, for the build.
@NullMarked
package org.turnd.cli.aot;

import org.jspecify.annotations.NullMarked;
