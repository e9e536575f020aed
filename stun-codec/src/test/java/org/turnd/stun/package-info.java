/// Tests of the codec: published vectors, registries, seeded properties, and guides that compile.
@NullMarked
package org.turnd.stun;

import org.jspecify.annotations.NullMarked;
