package org.turnd.server.engine;

import org.turnd.stun.IntegrityKey;

/// Who an authenticated request is from, and how its answer is signed.
///
/// @param sha256 the request carried MESSAGE-INTEGRITY-SHA256, and so does the answer (D-23)
record Principal(String username, IntegrityKey key, boolean sha256) {}
