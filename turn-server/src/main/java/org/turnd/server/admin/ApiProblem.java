package org.turnd.server.admin;

import com.google.gson.JsonObject;
import io.netty.handler.codec.http.HttpResponseStatus;

/// Why a request isn't carried out, as RFC 9457 tells it.
final class ApiProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    /// @param detail a sentence for who sent the request; shows nothing that is secret
    ApiProblem(int status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    Reply reply() {
        var body = new JsonObject();
        body.addProperty("type", "about:blank");
        body.addProperty("title", HttpResponseStatus.valueOf(status).reasonPhrase());
        body.addProperty("status", status);
        body.addProperty("detail", getMessage());
        return new Reply(status, body, Reply.PROBLEM);
    }
}
