/// Tests of the sockets, on loopback with real ones.
@NullMarked
package org.turnd.server.net;

import org.jspecify.annotations.NullMarked;
