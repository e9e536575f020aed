package org.turnd.browsers;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// How one side of a call stands, from the browser's `getStats`.
///
/// @param connectionState of the `RTCPeerConnection`
/// @param localType candidate type of this side of the selected pair; empty before there is one
/// @param remoteType candidate type of the other side
/// @param relayProtocol how this side reaches its TURN server: `udp`, `tcp` or `tls`
/// @param framesDecoded video frames of the other side
/// @param audioPackets audio packets of the other side
/// @param audioEnergy what could be heard of the other side, 0 for silence
/// @param fileSent SHA-256 of the file sent; empty before it is sent
/// @param fileReceived SHA-256 of the file received; empty before all of it is there
/// @param fileAnnounced SHA-256 that the other side says its file has
/// @param errors of ICE, in words
record CallReport(
        String connectionState,
        String localType,
        String remoteType,
        String relayProtocol,
        long framesDecoded,
        long audioPackets,
        double audioEnergy,
        String fileSent,
        String fileReceived,
        String fileAnnounced,
        List<String> errors) {
    private static final int FRAMES_WANTED = 10;
    private static final int AUDIO_PACKETS_WANTED = 20;

    /// Reads what the page answers.
    ///
    /// @param evaluated a map of the names above
    /// @return the report
    static CallReport of(Object evaluated) {
        if (!(evaluated instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("not a report: " + evaluated);
        }
        return new CallReport(
                text(map, "connectionState"),
                text(map, "localType"),
                text(map, "remoteType"),
                text(map, "relayProtocol"),
                number(map, "framesDecoded").longValue(),
                number(map, "audioPackets").longValue(),
                number(map, "audioEnergy").doubleValue(),
                text(map, "fileSent"),
                text(map, "fileReceived"),
                text(map, "fileAnnounced"),
                Objects.requireNonNull((List<?>) map.get("errors")).stream()
                        .map(String::valueOf)
                        .toList());
    }

    /// Tells whether audio, video and the file have all arrived on this side.
    ///
    /// @return there is nothing more to wait for
    boolean isComplete() {
        return connectionState.equals("connected")
                && !localType.isEmpty()
                && framesDecoded >= FRAMES_WANTED
                && audioPackets >= AUDIO_PACKETS_WANTED
                && audioEnergy > 0
                && !fileReceived.isEmpty();
    }

    private static String text(Map<?, ?> map, String name) {
        return String.valueOf(map.get(name));
    }

    private static Number number(Map<?, ?> map, String name) {
        return Objects.requireNonNull((Number) map.get(name), name);
    }
}
