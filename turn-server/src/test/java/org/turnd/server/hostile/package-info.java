/// What has gone wrong in TURN servers, tried on this one over real sockets: each test is named
/// after a class of attack, with its advisory where there is one. `docs/security.md` lists them
/// all; [SecurityPageTest] keeps that list whole.
@NullMarked
package org.turnd.server.hostile;

import org.jspecify.annotations.NullMarked;
