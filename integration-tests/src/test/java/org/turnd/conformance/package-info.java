/// Which requirement holds, where, and what proves it: `docs/conformance.md`, made of a table of
/// requirements, the sources and the tests.
@NullMarked
package org.turnd.conformance;

import org.jspecify.annotations.NullMarked;
