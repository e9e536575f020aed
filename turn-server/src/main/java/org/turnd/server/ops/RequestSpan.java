package org.turnd.server.ops;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.RefusalCause;
import org.turnd.server.engine.Transport;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// One traced request, as OTLP's JSON has it (opentelemetry-proto, `trace.proto`): a span, and a
/// child of it for the time that the request waited for its user.
///
/// @param endNanos since 1970, as the start
/// @param waitedNanos from the start; 0 when it didn't wait
/// @param errorCode 0 without an error response
/// @param client null when it isn't told
record RequestSpan(
        StunMethod method,
        Transport transport,
        long startNanos,
        long endNanos,
        long waitedNanos,
        int errorCode,
        @Nullable RefusalCause cause,
        String realm,
        @Nullable TransportAddress client) {
    private static final int KIND_SERVER = 2;
    private static final int KIND_CLIENT = 3;
    private static final int STATUS_ERROR = 2;
    private static final int SERVER_ERRORS = 500;

    /// Appends the spans, separated by commas.
    void appendTo(StringBuilder json) {
        var random = ThreadLocalRandom.current();
        String trace = id(random.nextLong()) + id(random.nextLong());
        String span = id(random.nextLong());
        begin(json, trace, span, null, name(method), KIND_SERVER, endNanos);
        boolean isDatagram = transport == Transport.UDP || transport == Transport.DTLS;
        attribute(json, '[', "network.transport", isDatagram ? "udp" : "tcp");
        attribute(json, ',', "turn.transport", transport.name().toLowerCase(Locale.ROOT));
        attribute(json, ',', "turn.realm", realm);
        json.append(",{\"key\":\"turn.error_code\",\"value\":{\"intValue\":\"")
                .append(errorCode)
                .append("\"}}");
        if (cause != null) {
            attribute(json, ',', "turn.refusal_cause", cause.name().toLowerCase(Locale.ROOT));
        }
        if (client != null) {
            attribute(json, ',', "client.address", client.toInetAddress().getHostAddress());
            json.append(",{\"key\":\"client.port\",\"value\":{\"intValue\":\"")
                    .append(client.port())
                    .append("\"}}");
        }
        boolean isUnanswered = errorCode == 0 && cause != null;
        end(json.append(']'), errorCode >= SERVER_ERRORS || isUnanswered);
        if (waitedNanos > 0) {
            json.append(',');
            long until = Math.min(endNanos, startNanos + waitedNanos);
            String child = id(random.nextLong());
            begin(json, trace, child, span, "look up user", KIND_CLIENT, until);
            end(json.append("[]"), cause == RefusalCause.USERS_UNAVAILABLE);
        }
    }

    private void begin(
            StringBuilder json,
            String trace,
            String span,
            @Nullable String parent,
            String name,
            int kind,
            long untilNanos) {
        json.append("{\"traceId\":\"").append(trace).append("\",\"spanId\":\"").append(span);
        if (parent != null) {
            json.append("\",\"parentSpanId\":\"").append(parent);
        }
        json.append("\",\"name\":\"")
                .append(name)
                .append("\",\"kind\":")
                .append(kind)
                .append(",\"startTimeUnixNano\":\"")
                .append(startNanos)
                .append("\",\"endTimeUnixNano\":\"")
                .append(untilNanos)
                .append("\",\"attributes\":");
    }

    private static void end(StringBuilder json, boolean isError) {
        json.append(",\"status\":{");
        if (isError) {
            json.append("\"code\":").append(STATUS_ERROR);
        }
        json.append("}}");
    }

    static void attribute(StringBuilder json, char before, String key, String value) {
        json.append(before)
                .append("{\"key\":\"")
                .append(key)
                .append("\",\"value\":{\"stringValue\":");
        JsonText.append(json, value);
        json.append("}}");
    }

    /// All zeros mean that there is none.
    private static String id(long random) {
        return String.format("%016x", random == 0 ? 1 : random);
    }

    /// As the RFCs write it: `CreatePermission`.
    private static String name(StunMethod method) {
        var name = new StringBuilder();
        for (String word : method.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
