package org.turnd.peers.call;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.Arrays;

/// Commands and events as lines of JSON: the record's components and its name as `type`.
final class Wire {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final String TYPE = "type";

    private Wire() {}

    /// Writes a command or an event as one line, without the line's end.
    static String encode(Record message) {
        var json = new JsonObject();
        json.addProperty(TYPE, message.getClass().getSimpleName());
        json.add("body", GSON.toJsonTree(message));
        return GSON.toJson(json);
    }

    /// Reads a line.
    ///
    /// @throws JsonParseException if it is none of the sealed interface's records
    static <T> T decode(String line, Class<T> sealedInterface) {
        var json = GSON.fromJson(line, JsonObject.class);
        var type = json.get(TYPE).getAsString();
        var record =
                Arrays.stream(sealedInterface.getPermittedSubclasses())
                        .filter(candidate -> candidate.getSimpleName().equals(type))
                        .findFirst()
                        .orElseThrow(() -> new JsonParseException("unknown message: " + line));
        return sealedInterface.cast(GSON.fromJson(json.get("body"), record));
    }
}
