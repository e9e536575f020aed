package org.turnd.peers.call;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A process of WebRTC peers: reads commands from its standard input, writes events to its standard
/// output, and ends when its input does.
///
/// Closing a connection does not give back all of libwebrtc's memory, and leaving the usual way
/// crashes in native code: a process is for some dozens of calls and ends by halting.
public final class PeerMain {
    private final Map<String, PeerLink> links = new HashMap<>();
    private final ExecutorService loop =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("loop").daemon().factory());
    private final PrintStream output =
            new PrintStream(
                    new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    private final MediaSources media = new MediaSources();

    private PeerMain() {}

    /// Runs until the standard input ends.
    ///
    /// @param args none
    /// @throws IOException if the standard input cannot be read
    public static void main(String[] args) throws IOException {
        var peers = new PeerMain();
        peers.media.start();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            var command = Wire.decode(line, Command.class);
            peers.loop.execute(() -> peers.obey(command));
        }
        Runtime.getRuntime().halt(0);
    }

    private void obey(Command command) {
        try {
            if (command instanceof Command.Open open) {
                links.put(open.link(), new PeerLink(open, media, loop, this::tell));
                return;
            }
            var link = links.get(command.link());
            if (link != null) {
                obey(command, link);
            }
        } catch (RuntimeException e) {
            // libwebrtc's refusals come as bare RuntimeExceptions; the caller decides what they
            // mean.
            tell(new Event.Failed(command.link(), command.getClass().getSimpleName() + ": " + e));
        }
    }

    private void obey(Command command, PeerLink link) {
        switch (command) {
            case Command.Open open ->
                    throw new IllegalStateException(open.link() + " is open already");
            case Command.Offer offer -> link.offer(offer.iceRestart());
            case Command.Describe describe -> link.takeDescription(describe.type(), describe.sdp());
            case Command.AddCandidate found ->
                    link.takeCandidate(found.mid(), found.index(), found.sdp());
            case Command.AddVideo _ -> link.addVideo();
            case Command.SendFile file -> link.sendFile(file.bytes());
            case Command.Measure _ -> link.measure();
            case Command.Close close -> {
                links.remove(close.link());
                link.close();
            }
        }
    }

    private void tell(Event event) {
        var line = Wire.encode((Record) event);
        synchronized (output) {
            output.println(line);
            output.flush();
        }
    }
}
