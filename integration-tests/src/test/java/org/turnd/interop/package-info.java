/// Independent clients against turnd, and our client against an independent server.
@NullMarked
package org.turnd.interop;

import org.jspecify.annotations.NullMarked;
