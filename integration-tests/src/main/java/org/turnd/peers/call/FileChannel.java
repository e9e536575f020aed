package org.turnd.peers.call;

import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Files over a data channel: binary messages, and a text message at the end of each file.
final class FileChannel implements RTCDataChannelObserver {
    private static final int CHUNK_BYTES = 16 * 1024;

    /// libwebrtc's own buffer holds 16 MiB; a file has to fit.
    static final int FILE_BYTES_MAX = 8 * 1024 * 1024;

    private final String link;
    private final RTCDataChannel channel;
    private final Consumer<Event> events;
    private final AtomicBoolean opened = new AtomicBoolean();
    private MessageDigest arriving = sha256();
    private int arrivedBytes;

    FileChannel(String link, RTCDataChannel channel, Consumer<Event> events) {
        this.link = link;
        this.channel = channel;
        this.events = events;
        channel.registerObserver(this);
        onStateChange();
    }

    /// Sends random bytes as one file.
    void send(int bytes) {
        if (bytes > FILE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a file has at most " + FILE_BYTES_MAX + " bytes, not " + bytes);
        }
        var content = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(content);
        try {
            for (var offset = 0; offset < bytes; offset += CHUNK_BYTES) {
                // The binding sends the whole array behind a buffer.
                var chunk =
                        Arrays.copyOfRange(content, offset, Math.min(offset + CHUNK_BYTES, bytes));
                channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(chunk), true));
            }
            var end = ByteBuffer.wrap("end".getBytes(StandardCharsets.US_ASCII));
            channel.send(new RTCDataChannelBuffer(end, false));
            events.accept(
                    new Event.FileSent(
                            link, bytes, HexFormat.of().formatHex(sha256().digest(content))));
        } catch (Exception e) {
            // The binding declares nothing narrower; whatever it is, the file has not been sent.
            events.accept(new Event.Failed(link, "cannot send over the data channel: " + e));
        }
    }

    @Override
    public void onBufferedAmountChange(long previousBytes) {
        // A file fits into the channel's buffer, so that nothing waits for room.
    }

    @Override
    public void onStateChange() {
        if (channel.getState() == RTCDataChannelState.OPEN && opened.compareAndSet(false, true)) {
            events.accept(new Event.ChannelOpened(link));
        }
    }

    @Override
    public void onMessage(RTCDataChannelBuffer message) {
        if (message.binary) {
            arrivedBytes += message.data.remaining();
            arriving.update(message.data);
        } else {
            var digest = HexFormat.of().formatHex(arriving.digest());
            events.accept(new Event.FileReceived(link, arrivedBytes, digest));
            arriving = sha256();
            arrivedBytes = 0;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
