package org.turnd.peers.call;

import dev.onvoid.webrtc.media.audio.AudioSource;

/// A microphone that hears one tone.
final class ToneSource implements AudioSource {
    private static final int TONE_HERTZ = 440;
    private static final double AMPLITUDE = 8_000;
    private static final int SAMPLE_BYTES = 2;

    private long samplesMade;

    /// Fills the buffer with 16-bit samples, the same for every channel. Called by one thread of
    /// libwebrtc.
    @Override
    public int onPlaybackData(
            byte[] buffer, int samples, int sampleBytes, int channels, int samplesPerSecond) {
        for (var index = 0;
                index < samples && (index + 1) * SAMPLE_BYTES <= buffer.length;
                index++) {
            var seconds = (double) (samplesMade + index / channels) / samplesPerSecond;
            var sample = (int) (AMPLITUDE * Math.sin(2 * Math.PI * TONE_HERTZ * seconds));
            buffer[SAMPLE_BYTES * index] = (byte) sample;
            buffer[SAMPLE_BYTES * index + 1] = (byte) (sample >> Byte.SIZE);
        }
        samplesMade += samples / channels;
        return samples;
    }
}
