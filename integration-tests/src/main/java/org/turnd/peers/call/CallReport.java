package org.turnd.peers.call;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a call went.
///
/// @param good everything asked for was seen
/// @param failure what was not; empty if good
/// @param connectMillis from the offer to both ends being connected; 0 if they never were
/// @param restartMillis from the ICE restart to its new pair carrying the session; 0 if there was
///   none
/// @param fileBytes how much each end received intact over the data channel
/// @param a the calling end
/// @param b the called end
public record CallReport(
        boolean good,
        String failure,
        long connectMillis,
        long restartMillis,
        int fileBytes,
        End a,
        End b) {

    /// What one end saw.
    ///
    /// @param measurement its last statistics; null if there never were any
    /// @param candidates the types of candidates it found
    /// @param errors what STUN and TURN servers refused, as `401 Unauthorized (turn:...)`
    public record End(
            @Nullable Measurement measurement, List<String> candidates, List<String> errors) {
        /// Copies the lists.
        public End {
            candidates = List.copyOf(candidates);
            errors = List.copyOf(errors);
        }

        /// Returns the selected pair.
        ///
        /// @return the pair, or null while there is none
        public Measurement.@Nullable SelectedPair pair() {
            return measurement == null ? null : measurement.pair();
        }
    }

    /// Says whether the session went through a relay, of either end.
    ///
    /// @return a relayed candidate is part of a selected pair
    public boolean relayed() {
        return Stream.of(a, b)
                .map(End::pair)
                .anyMatch(pair ->
                        pair != null
                                && (pair.localType().equals("relay")
                                        || pair.remoteType().equals("relay")));
    }
}
