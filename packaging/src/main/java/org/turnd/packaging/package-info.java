/// What `./package` does better in Java than in a shell: the container image, and the notices of
/// others' software. Nothing here goes into a package. Start at `ContainerImage`.
@NullMarked
package org.turnd.packaging;

import org.jspecify.annotations.NullMarked;
