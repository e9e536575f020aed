package org.turnd.peers.call;

import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsReport;
import dev.onvoid.webrtc.RTCStatsType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.peers.call.Measurement.SelectedPair;

/// Finds what matters in libwebrtc's statistics (W3C "Identifiers for WebRTC's Statistics API").
final class StatsReader {
    private final Map<String, RTCStats> stats;

    private StatsReader(RTCStatsReport report) {
        stats = report.getStats();
    }

    static Measurement read(RTCStatsReport report) {
        var reader = new StatsReader(report);
        var audio = reader.inbound("audio").toList();
        return new Measurement(
                reader.selectedPair(),
                reader.inbound("video")
                        .map(track -> (long) number(track, "framesDecoded"))
                        .toList(),
                (long) sum(audio, "packetsReceived"),
                sum(audio, "totalAudioEnergy"));
    }

    private Stream<RTCStats> inbound(String kind) {
        return ofType(RTCStatsType.INBOUND_RTP).filter(track -> text(track, "kind").equals(kind));
    }

    private Stream<RTCStats> ofType(RTCStatsType type) {
        return stats.values().stream().filter(entry -> entry.getType() == type);
    }

    private @Nullable SelectedPair selectedPair() {
        return ofType(RTCStatsType.TRANSPORT)
                .map(transport -> stats.get(text(transport, "selectedCandidatePairId")))
                .filter(pair -> pair != null)
                .findFirst()
                .map(this::read)
                .orElse(null);
    }

    private @Nullable SelectedPair read(RTCStats pair) {
        var local = stats.get(text(pair, "localCandidateId"));
        var remote = stats.get(text(pair, "remoteCandidateId"));
        if (local == null || remote == null) {
            return null;
        }
        return new SelectedPair(
                text(local, "candidateType"),
                address(local),
                text(local, "relayProtocol"),
                text(local, "usernameFragment"),
                text(remote, "candidateType"),
                address(remote),
                number(pair, "currentRoundTripTime") * 1000);
    }

    private static String address(RTCStats candidate) {
        var host = text(candidate, "address");
        var port = (int) number(candidate, "port");
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }

    private static double sum(List<RTCStats> entries, String attribute) {
        return entries.stream().mapToDouble(entry -> number(entry, attribute)).sum();
    }

    private static String text(RTCStats entry, String attribute) {
        return entry.getAttributes().get(attribute) instanceof String value ? value : "";
    }

    private static double number(RTCStats entry, String attribute) {
        return entry.getAttributes().get(attribute) instanceof Number value
                ? value.doubleValue()
                : 0;
    }
}
