/// Tests of the server as an embedder sees it.
@NullMarked
package org.turnd.server;

import org.jspecify.annotations.NullMarked;
