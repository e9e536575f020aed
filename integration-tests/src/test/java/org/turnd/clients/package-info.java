/// WebRTC libraries of other makers call through turnd.
@NullMarked
package org.turnd.clients;

import org.jspecify.annotations.NullMarked;
