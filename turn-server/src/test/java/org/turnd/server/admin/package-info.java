/// Tests of the admin API over real sockets.
@NullMarked
package org.turnd.server.admin;

import org.jspecify.annotations.NullMarked;
