package org.turnd.peers.call;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A connection's statistics at one moment, as one end's `getStats` gives them.
///
/// @param pair the selected candidate pair; null while there is none
/// @param videoFramesDecoded since the start, one number for each track that has arrived
/// @param audioPackets received since the start
/// @param audioEnergy of the decoded sound since the start (W3C `totalAudioEnergy`)
public record Measurement(
        @Nullable SelectedPair pair,
        List<Long> videoFramesDecoded,
        long audioPackets,
        double audioEnergy) {

    /// What the peers' tone has after some 0.2 s. Silence isn't quite 0: a decoder fills gaps with
    /// noise.
    private static final double AUDIBLE_ENERGY = 0.005;

    /// Copies the list.
    public Measurement {
        videoFramesDecoded = List.copyOf(videoFramesDecoded);
    }

    /// The candidate pair that carries the session.
    ///
    /// @param localType `host`, `srflx`, `prflx` or `relay`
    /// @param localAddress the local candidate's address and port
    /// @param relayProtocol what is spoken to the relay, `udp`, `tcp` or `tls`; empty if this end's
    ///   candidate is not relayed
    /// @param usernameFragment the local ICE credentials' name, another one after every ICE restart
    /// @param remoteType as `localType`
    /// @param remoteAddress the remote candidate's address and port
    /// @param roundTripMillis of the last connectivity check
    public record SelectedPair(
            String localType,
            String localAddress,
            String relayProtocol,
            String usernameFragment,
            String remoteType,
            String remoteAddress,
            double roundTripMillis) {}

    /// Says whether media has arrived and been decoded.
    ///
    /// @param videoTracks how many tracks of video there have to be
    /// @param framesEach how many frames each of them has to have brought
    /// @return video of all tracks and audible audio have come
    public boolean hasMedia(int videoTracks, long framesEach) {
        return videoFramesDecoded.size() >= videoTracks
                && videoFramesDecoded.stream().allMatch(frames -> frames >= framesEach)
                && audioPackets > 0
                && audioEnergy >= AUDIBLE_ENERGY;
    }

    /// Returns the frames of all tracks together.
    ///
    /// @return decoded frames since the start
    public long frames() {
        return videoFramesDecoded.stream().mapToLong(Long::longValue).sum();
    }
}
