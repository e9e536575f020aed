/// The packages, built as an operator builds them, installed and used.
@NullMarked
package org.turnd.packaging;

import org.jspecify.annotations.NullMarked;
