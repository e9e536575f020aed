package org.turnd.peers.call;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCIceServer;
import dev.onvoid.webrtc.RTCIceTransportPolicy;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionIceErrorEvent;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.TlsCertPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.turnd.peers.server.IceServer;

/// One end of one connection inside a peer process. Runs on the process's loop; libwebrtc's
/// callbacks, which come on its own threads, only report events or come back to the loop.
final class PeerLink {
    private static final List<String> STREAM = List.of("turnd");

    private final String name;
    private final MediaSources media;
    private final Executor loop;
    private final Consumer<Event> events;
    private final RTCPeerConnection connection;
    private final List<RTCIceCandidate> earlyCandidates = new ArrayList<>();
    private int descriptionsUnderWay;
    private boolean described;
    private int videoTracks;
    private @Nullable FileChannel files;

    PeerLink(Command.Open open, MediaSources media, Executor loop, Consumer<Event> events) {
        name = open.link();
        this.media = media;
        this.loop = loop;
        this.events = events;
        connection = media.factory().createPeerConnection(configuration(open), new Observer());
        connection.addTrack(media.audioTrack(name + "-audio"), STREAM);
        addVideo();
        if (open.initiator()) {
            files =
                    new FileChannel(
                            name,
                            connection.createDataChannel("files", new RTCDataChannelInit()),
                            events);
        }
    }

    private static RTCConfiguration configuration(Command.Open open) {
        var configuration = new RTCConfiguration();
        open.iceServers().forEach(server -> configuration.iceServers.add(entry(server)));
        configuration.bundlePolicy = RTCBundlePolicy.MAX_BUNDLE;
        configuration.iceTransportPolicy =
                open.relayOnly() ? RTCIceTransportPolicy.RELAY : RTCIceTransportPolicy.ALL;
        return configuration;
    }

    private static RTCIceServer entry(IceServer server) {
        var entry = new RTCIceServer();
        entry.urls.add(server.url());
        entry.username = server.username();
        entry.password = server.credential();
        // Servers under test have certificates of their own making.
        entry.tlsCertPolicy = TlsCertPolicy.INSECURE_NO_CHECK;
        return entry;
    }

    void addVideo() {
        videoTracks++;
        connection.addTrack(media.videoTrack(name + "-video-" + videoTracks), STREAM);
    }

    void offer(boolean iceRestart) {
        var options = new RTCOfferOptions();
        options.iceRestart = iceRestart;
        connection.createOffer(options, new Created());
    }

    void takeDescription(String type, String sdp) {
        var description = new RTCSessionDescription(RTCSdpType.valueOf(type), sdp);
        descriptionsUnderWay++;
        connection.setRemoteDescription(
                description, new Settled("the remote description", () -> remoteIsSet(type)));
    }

    private void remoteIsSet(String type) {
        descriptionsUnderWay--;
        described = true;
        earlyCandidates.forEach(connection::addIceCandidate);
        earlyCandidates.clear();
        if (type.equals("OFFER")) {
            connection.createAnswer(new RTCAnswerOptions(), new Created());
        }
    }

    /// libwebrtc refuses candidates of a description that it has not taken yet.
    void takeCandidate(String mid, int index, String sdp) {
        var candidate = new RTCIceCandidate(mid, index, sdp);
        if (descriptionsUnderWay > 0 || !described) {
            earlyCandidates.add(candidate);
        } else {
            connection.addIceCandidate(candidate);
        }
    }

    void sendFile(int bytes) {
        var channel = files;
        if (channel == null) {
            fail("there is no data channel yet");
        } else {
            channel.send(bytes);
        }
    }

    void measure() {
        connection.getStats(
                report -> events.accept(new Event.Measured(name, StatsReader.read(report))));
    }

    void close() {
        connection.close();
    }

    private void fail(String message) {
        events.accept(new Event.Failed(name, message));
    }

    private void described(RTCSessionDescription description) {
        connection.setLocalDescription(description, new Settled("the local description", () -> {}));
        events.accept(new Event.Described(name, description.sdpType.name(), description.sdp));
    }

    private final class Created implements CreateSessionDescriptionObserver {
        @Override
        public void onSuccess(RTCSessionDescription description) {
            loop.execute(() -> described(description));
        }

        @Override
        public void onFailure(String error) {
            fail("cannot make a description: " + error);
        }
    }

    private final class Settled implements SetSessionDescriptionObserver {
        private final String what;
        private final Runnable next;

        Settled(String what, Runnable next) {
            this.what = what;
            this.next = next;
        }

        @Override
        public void onSuccess() {
            loop.execute(next);
        }

        @Override
        public void onFailure(String error) {
            fail("cannot take " + what + ": " + error);
        }
    }

    private final class Observer implements PeerConnectionObserver {
        @Override
        public void onIceCandidate(RTCIceCandidate candidate) {
            events.accept(
                    new Event.CandidateFound(
                            name, candidate.sdpMid, candidate.sdpMLineIndex, candidate.sdp));
        }

        @Override
        public void onIceCandidateError(RTCPeerConnectionIceErrorEvent error) {
            events.accept(
                    new Event.CandidateError(
                            name, error.getUrl(), error.getErrorCode(), error.getErrorText()));
        }

        @Override
        public void onIceGatheringChange(RTCIceGatheringState state) {
            if (state == RTCIceGatheringState.COMPLETE) {
                events.accept(new Event.GatheringComplete(name));
            }
        }

        @Override
        public void onConnectionChange(RTCPeerConnectionState state) {
            events.accept(new Event.StateChanged(name, state.name()));
        }

        /// The observer has to be there before the first message, so this does not wait for the
        /// loop.
        @Override
        public void onDataChannel(RTCDataChannel channel) {
            var opened = new FileChannel(name, channel, events);
            loop.execute(() -> files = opened);
        }
    }
}
