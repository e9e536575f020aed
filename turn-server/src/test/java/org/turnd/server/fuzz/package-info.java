/// Fuzz targets over what anybody can reach, and the tests that run them: over the kept corpus, and
/// for a moment with the fuzzer. A target is a class with a method `fuzzerTestOneInput(byte[])`,
/// and is named in `fuzzing/targets`; those that look into a package stand in that package.
/// `./fuzz` runs them for long.
@NullMarked
package org.turnd.server.fuzz;

import org.jspecify.annotations.NullMarked;
