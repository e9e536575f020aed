/// The admin API: what operators and applications ask of a running server over HTTP.
///
/// It stands above the server and uses what [org.turnd.server.TurnServer] lets any embedder do; the
/// daemon answers for the rest ([org.turnd.server.admin.AdminDaemon]). Start reading at `Routes`,
/// the one table of what there is.
@NullMarked
package org.turnd.server.admin;

import org.jspecify.annotations.NullMarked;
