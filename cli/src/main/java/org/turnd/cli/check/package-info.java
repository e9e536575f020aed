/// `turnd check`: a small blocking TURN client, and the questions it asks a server.
///
/// Nothing here serves anybody, and nothing knows what the server is made of. Start reading at
/// `ServerCheck`; the client alone is `TurnClient`.
@NullMarked
package org.turnd.cli.check;

import org.jspecify.annotations.NullMarked;
