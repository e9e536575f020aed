/// Two Chromium browsers hold a call through the server.
@NullMarked
package org.turnd.browsers;

import org.jspecify.annotations.NullMarked;
