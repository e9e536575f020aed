package org.turnd.server.admin;

import com.google.gson.JsonElement;
import org.jspecify.annotations.Nullable;

/// The answer to a request.
///
/// @param body null for none
record Reply(int status, @Nullable JsonElement body, String contentType) {
    static final String JSON = "application/json";

    /// RFC 9457.
    static final String PROBLEM = "application/problem+json";

    static Reply ok(JsonElement body) {
        return new Reply(200, body, JSON);
    }

    static Reply nothing() {
        return new Reply(204, null, JSON);
    }
}
