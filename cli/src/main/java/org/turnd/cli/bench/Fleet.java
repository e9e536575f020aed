package org.turnd.cli.bench;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.cli.check.Wire;
import org.turnd.stun.ChannelData;

/// All flows of a run: made one after the other, given back in [#close()].
final class Fleet implements AutoCloseable {
    private static final int ALLOCATION_MISMATCH = 437;
    private static final int TRIES_MAX = 5;

    private final Endpoint server;
    private final ClientOptions options;
    private final Arrivals arrivals = new Arrivals();
    private final Receiver receiver = new Receiver();
    private final List<Flow> flows = new ArrayList<>();

    Fleet(Endpoint server, ClientOptions options) throws IOException {
        this.server = server;
        this.options = options;
        receiver.start();
    }

    Arrivals arrivals() {
        return arrivals;
    }

    Receiver receiver() {
        return receiver;
    }

    List<Flow> flows() {
        return flows;
    }

    /// Makes allocations.
    ///
    /// @param made told about each
    void allocate(int count, Runnable made) throws IOException, TurnFailure {
        for (int i = 0; i < count; i++) {
            flows.add(newFlowElsewhere(ChannelData.MIN_NUMBER + flows.size() % 0xFFF));
            made.run();
        }
    }

    /// Gives each flow a socket on this machine as its peer.
    void addPeers(InetAddress address, boolean channels) throws IOException, TurnFailure {
        for (var flow : flows) {
            var peer =
                    new DatagramLink(
                            new InetSocketAddress(address, 0), null, DatagramLink.PEER, arrivals);
            flow.talkTo(peer);
            peer.connect(flow.relayed().toInetSocketAddress());
            receiver.add(peer);
            flow.permit(channels);
        }
    }

    /// Makes each two flows talk to each other's relayed address.
    void pair(boolean channels) throws TurnFailure {
        for (int i = 0; i + 1 < flows.size(); i += 2) {
            flows.get(i).talkTo(flows.get(i + 1));
            flows.get(i + 1).talkTo(flows.get(i));
        }
        for (var flow : flows) {
            flow.permit(channels);
        }
    }

    /// Returns the address of this machine from which the server is reached.
    static InetAddress localAddress(Endpoint server) throws IOException {
        try (var probe = new DatagramSocket()) {
            probe.connect(server.address().toInetSocketAddress());
            return probe.getLocalAddress();
        }
    }

    /// Returns the streams of a direction, numbered by their place in the array.
    PacketStream[] streams(BenchOptions load) {
        var streams = new ArrayList<PacketStream>();
        var sizes = load.sizes();
        for (int i = 0; i < flows.size(); i++) {
            var flow = flows.get(i);
            switch (load.direction()) {
                case TO_PEER -> streams.add(out(flow, peer(flow), false, load, streams.size()));
                case TO_CLIENT -> streams.add(in(flow, sizes, streams.size()));
                case BOTH -> {
                    streams.add(out(flow, peer(flow), false, load, streams.size()));
                    streams.add(in(flow, sizes, streams.size()));
                }
                case ECHO -> streams.add(out(flow, flow.client(), true, load, streams.size()));
                case RELAY ->
                        streams.add(
                                out(flow, flows.get(i ^ 1).client(), false, load, streams.size()));
            }
        }
        return streams.toArray(PacketStream[]::new);
    }

    @Override
    public void close() {
        try {
            flows.forEach(Flow::close);
        } finally {
            receiver.close();
        }
    }

    // RFC 8656 §7.4: on 437 a client tries again from another address.
    private Flow newFlowElsewhere(int channel) throws IOException, TurnFailure {
        for (int tries = 1; ; tries++) {
            try {
                return newFlow(channel);
            } catch (TurnFailure e) {
                if (tries == TRIES_MAX || !isMismatch(e)) {
                    throw e;
                }
            }
        }
    }

    /// Tells whether the server still knows an earlier allocation of the same 5-tuple.
    static boolean isMismatch(TurnFailure e) {
        return e.failure() instanceof Failure.ErrorResponse error
                && error.code() == ALLOCATION_MISMATCH;
    }

    private Flow newFlow(int channel) throws IOException, TurnFailure {
        if (server.carrier() == Carrier.UDP) {
            var link =
                    new DatagramLink(
                            null, server.address().toInetSocketAddress(), channel, arrivals);
            receiver.add(link);
            return allocated(channel, link, TurnClient.over(link, Carrier.UDP, options));
        }
        var link = new StreamLink(Wire.open(server, options), server.carrier(), channel, arrivals);
        return allocated(channel, link, TurnClient.over(link, server.carrier(), options));
    }

    private static Flow allocated(int channel, Link link, TurnClient control) throws TurnFailure {
        try {
            return new Flow(channel, link, control, control.allocate(null));
        } catch (TurnFailure e) {
            control.close();
            throw e;
        }
    }

    private static DatagramLink peer(Flow flow) {
        return Objects.requireNonNull(flow.peer(), "peers are added first");
    }

    private static PacketStream out(
            Flow flow, Link destination, boolean turns, BenchOptions load, int stream) {
        var sizes = load.sizes();
        var frames = new PacketStream.Frame[sizes.size()];
        var carrier = flow.client().carrier();
        for (int i = 0; i < frames.length; i++) {
            frames[i] =
                    load.usesChannels()
                            ? PacketStream.channelData(
                                    carrier, flow.channel(), stream, sizes.get(i))
                            : PacketStream.sendIndication(
                                    carrier, flow.peerAddress(), stream, sizes.get(i));
        }
        return new PacketStream(flow.client(), destination, turns ? peer(flow) : null, frames);
    }

    private static PacketStream in(Flow flow, List<Integer> sizes, int stream) {
        var frames =
                sizes.stream()
                        .map(size -> PacketStream.plain(stream, size))
                        .toArray(PacketStream.Frame[]::new);
        return new PacketStream(peer(flow), flow.client(), null, frames);
    }
}
