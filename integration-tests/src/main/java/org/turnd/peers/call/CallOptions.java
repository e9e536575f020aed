package org.turnd.peers.call;

import java.util.List;
import org.turnd.peers.server.IceServer;

/// What a call is to be.
///
/// @param serversOfA the ICE servers the calling end is told
/// @param serversOfB the ICE servers the called end is told
/// @param relayOnly policy `relay`: nothing but relayed candidates
/// @param seconds how long media has to flow once it does
/// @param fileBytes how long a file each end sends to the other; 0 for none
/// @param iceRestart ICE starts over in the middle
/// @param secondTrack another video track is added in the middle
public record CallOptions(
        List<IceServer> serversOfA,
        List<IceServer> serversOfB,
        boolean relayOnly,
        int seconds,
        int fileBytes,
        boolean iceRestart,
        boolean secondTrack) {

    private static final int DEFAULT_FILE_BYTES = 256 * 1024;

    /// Copies the lists and checks the ranges.
    public CallOptions {
        serversOfA = List.copyOf(serversOfA);
        serversOfB = List.copyOf(serversOfB);
        if (fileBytes < 0 || fileBytes > FileChannel.FILE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a file has 0 to " + FileChannel.FILE_BYTES_MAX + " bytes");
        }
        if (seconds < 0) {
            throw new IllegalArgumentException("a call lasts 0 seconds or longer");
        }
    }

    /// Returns a whole session: media, files, ICE restart, renegotiation.
    ///
    /// @param server both ends use it
    /// @return relay-only options
    public static CallOptions through(IceServer server) {
        return through(List.of(server));
    }

    /// Returns a whole session for which there are several servers, or one by several ways.
    ///
    /// @param servers both ends use them
    /// @return relay-only options
    public static CallOptions through(List<IceServer> servers) {
        return new CallOptions(servers, servers, true, 0, DEFAULT_FILE_BYTES, true, true);
    }

    /// Returns the same call with every kind of candidate allowed.
    ///
    /// @return the changed copy
    public CallOptions withAnyCandidates() {
        return new CallOptions(
                serversOfA, serversOfB, false, seconds, fileBytes, iceRestart, secondTrack);
    }

    /// Returns the same call with another ICE server for the called end.
    ///
    /// @param server what the called end is told
    /// @return the changed copy
    public CallOptions calling(IceServer server) {
        return new CallOptions(
                serversOfA,
                List.of(server),
                relayOnly,
                seconds,
                fileBytes,
                iceRestart,
                secondTrack);
    }

    /// Returns a call without ICE restart and renegotiation.
    ///
    /// @return the changed copy
    public CallOptions brief() {
        return new CallOptions(serversOfA, serversOfB, relayOnly, seconds, fileBytes, false, false);
    }

    /// Returns the same call with media flowing for at least some seconds.
    ///
    /// @param atLeast 0 or more
    /// @return the changed copy
    public CallOptions lasting(int atLeast) {
        return new CallOptions(
                serversOfA, serversOfB, relayOnly, atLeast, fileBytes, iceRestart, secondTrack);
    }
}
