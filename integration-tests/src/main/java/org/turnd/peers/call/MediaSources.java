package org.turnd.peers.call;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.media.audio.AudioOptions;
import dev.onvoid.webrtc.media.audio.AudioTrack;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoFrame;
import dev.onvoid.webrtc.media.video.VideoTrack;
import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// libwebrtc's factory without devices, a tone to hear and a moving picture to see, shared by all
/// links of a process.
final class MediaSources {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int FRAMES_A_SECOND = 15;

    private final HeadlessAudioDeviceModule microphone = new HeadlessAudioDeviceModule();
    private final PeerConnectionFactory factory = new PeerConnectionFactory(microphone);
    private final CustomVideoSource camera = new CustomVideoSource();

    private final ScheduledExecutorService ticker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("camera").daemon().factory());
    private int framesMade;

    /// Starts microphone and camera.
    void start() {
        // As long as one connection is open libwebrtc's audio goes on as it is set up here; nobody
        // closes this one.
        var _ = factory.createPeerConnection(new RTCConfiguration(), _ -> {});
        // The headless microphone records what its callback gives. Once sound is being played,
        // setting a source
        // replaces that callback alone; earlier, it would also cut libwebrtc off. A
        // CustomAudioSource cannot be used
        // beside it: the two threads would meet in libwebrtc, which aborts.
        microphone.initPlayout();
        microphone.startPlayout();
        microphone.setAudioSource(new ToneSource());
        var periodNanos = TimeUnit.SECONDS.toNanos(1) / FRAMES_A_SECOND;
        var _ = ticker.scheduleAtFixedRate(this::pushFrame, 0, periodNanos, TimeUnit.NANOSECONDS);
    }

    PeerConnectionFactory factory() {
        return factory;
    }

    AudioTrack audioTrack(String name) {
        return factory.createAudioTrack(name, factory.createAudioSource(new AudioOptions()));
    }

    VideoTrack videoTrack(String name) {
        return factory.createVideoTrack(name, camera);
    }

    private void pushFrame() {
        var buffer = NativeI420Buffer.allocate(WIDTH, HEIGHT);
        var shift = framesMade++ * 4;
        paint(buffer.getDataY(), buffer.getStrideY(), HEIGHT, shift);
        paint(buffer.getDataU(), buffer.getStrideU(), HEIGHT / 2, -shift);
        paint(buffer.getDataV(), buffer.getStrideV(), HEIGHT / 2, 2 * shift);
        var frame = new VideoFrame(buffer, System.nanoTime());
        camera.pushFrame(frame);
        frame.release();
    }

    /// Diagonal stripes which move from frame to frame.
    private static void paint(ByteBuffer plane, int stride, int height, int shift) {
        for (var y = 0; y < height; y++) {
            for (var x = 0; x < stride; x++) {
                plane.put(y * stride + x, (byte) ((x + y + shift) & 0xF0));
            }
        }
    }
}
