/// Whole calls of real WebRTC peers through the server.
@NullMarked
package org.turnd.peers;

import org.jspecify.annotations.NullMarked;
