/// Which peers may be reached, and how much anybody may use.
///
/// Nothing here knows a socket or a message; questions come in as primitives. Start reading at
/// `AddressRules`.
@NullMarked
package org.turnd.server.policy;

import org.jspecify.annotations.NullMarked;
