package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.ChannelData;
import org.turnd.stun.TransportAddress;

/// All flows of a run: made one after the other, given back in [#close()].
final class Fleet implements AutoCloseable {
    private static final int ALLOCATION_MISMATCH = 437;
    private static final int TRIES_MAX = 5;
    private static final Duration PROBE_PATIENCE = Duration.ofMillis(500);

    /// Sockets that play the peers of all flows.
    private static final int PEER_SOCKETS_MAX = 8;

    private final Endpoint server;
    private final ClientOptions options;
    private final Arrivals arrivals = new Arrivals();
    private final BenchLoop loop;
    private final TransportAddress local;
    private final @Nullable AddressFamily family;
    private final StreamConnector connector;
    private @Nullable ControlProbe probe;
    private final List<Flow> flows = new ArrayList<>();

    /// @param family of the relayed addresses
    Fleet(Endpoint server, ClientOptions options, AddressFamily family)
            throws IOException, TurnFailure {
        this.server = server;
        this.options = options;
        // RFC 8656 §7.1: nothing said is IPv4, which every server understands.
        this.family = family == AddressFamily.IPV4 ? null : family;
        local = TransportAddress.of(localAddress(server), 0);
        refuseDeadServer(server, options);
        loop = BenchLoop.start();
        connector = new StreamConnector(loop, server, options);
    }

    /// Throws if nobody listens there. The loop's sockets are not connected and don't hear of it.
    static void refuseDeadServer(Endpoint server, ClientOptions options) throws TurnFailure {
        var once = options.repeating(options.retransmission().limitedTo(PROBE_PATIENCE));
        try (var client = TurnClient.connect(server, once)) {
            client.bind();
        } catch (TurnFailure e) {
            if (e.failure() instanceof Failure.ConnectionRefused) {
                throw e;
            }
            // Not every TURN server answers Binding requests.
        }
    }

    Arrivals arrivals() {
        return arrivals;
    }

    BenchLoop loop() {
        return loop;
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

    /// Gives the flows sockets on this machine as their peers.
    void addPeers(InetAddress address, boolean channels) throws IOException, TurnFailure {
        var here = TransportAddress.of(address, 0);
        var sockets = new int[Math.min(flows.size(), PEER_SOCKETS_MAX)];
        var addresses = new TransportAddress[sockets.length];
        for (int i = 0; i < sockets.length; i++) {
            int socket = openPeer(here);
            sockets[i] = socket;
            addresses[i] = here.withPort(loop.call(() -> loop.udp().localPort(socket)));
        }
        for (int i = 0; i < flows.size(); i++) {
            var flow = flows.get(i);
            int at = i % sockets.length;
            flow.talkTo(new PeerLink(loop, sockets[at], addresses[at], flow.relayed()));
            flow.permit(channels);
        }
    }

    private int openPeer(TransportAddress here) throws IOException {
        return loop.call(() ->
                loop.udp()
                        .open(
                                here.high(),
                                here.low(),
                                here.port(),
                                Role.LISTENER,
                                this::onPeerDatagram));
    }

    private void onPeerDatagram(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        if (arrivals.toPeer(socket, high, low, port, buffer, offset, length)) {
            loop.udp().send(socket, high, low, port, buffer, offset, length);
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

    /// Makes a client for control requests, over UDP whatever the flows go over.
    ControlProbe newProbe() throws IOException {
        var made =
                loop.call(() ->
                        new ControlProbe(loop, local, server.address(), options.credential()));
        probe = made;
        return made;
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
            if (probe != null) {
                loop.execute(probe::leave);
            }
            flows.forEach(Flow::close);
        } finally {
            loop.close();
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

    // The server still knows an earlier allocation of the same 5-tuple.
    private static boolean isMismatch(TurnFailure e) {
        return e.failure() instanceof Failure.ErrorResponse error
                && error.code() == ALLOCATION_MISMATCH;
    }

    private Flow newFlow(int channel) throws IOException, TurnFailure {
        if (server.carrier() == Carrier.UDP) {
            var link = new DatagramLink(loop, local, server.address(), channel, arrivals);
            return allocated(channel, link, TurnClient.over(link, Carrier.UDP, options));
        }
        var link = new StreamLink(loop, connector, server.carrier(), channel, arrivals);
        return allocated(channel, link, TurnClient.over(link, server.carrier(), options));
    }

    private Flow allocated(int channel, Link link, TurnClient control) throws TurnFailure {
        try {
            return new Flow(channel, link, control, control.allocate(family));
        } catch (TurnFailure e) {
            control.close();
            throw e;
        }
    }

    private static PeerLink peer(Flow flow) {
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
                            : PacketStream.sendIndication(flow.peerAddress(), stream, sizes.get(i));
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
