/// Who may allocate: static users and time-limited credentials.
///
/// Nothing here sends or receives; a source answers with a key or with nothing. Start reading at
/// `CompositeCredentials`.
@NullMarked
package org.turnd.server.auth;

import org.jspecify.annotations.NullMarked;
