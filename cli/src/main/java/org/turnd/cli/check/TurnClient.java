package org.turnd.cli.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.ChannelData;
import org.turnd.stun.FirstByte;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ChannelNumber;
import org.turnd.stun.StunAttribute.ConnectionId;
import org.turnd.stun.StunAttribute.Data;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.OtherAddress;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunAttribute.Software;
import org.turnd.stun.StunAttribute.XorMappedAddress;
import org.turnd.stun.StunAttribute.XorPeerAddress;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// A TURN client (RFC 8656) that blocks: one connection, at most one allocation. Every operation
/// ends within the patience of its [ClientOptions], with a result or a [TurnFailure].
///
/// For one thread. Nothing is refreshed by itself.
public final class TurnClient implements AutoCloseable {
    private static final int LIFETIME_SECONDS = 600;

    private final Wire wire;
    private final StunExchange exchange;
    private final Map<Integer, TransportAddress> channels = new HashMap<>();
    private boolean allocated;
    private String software = "";
    private @Nullable TransportAddress otherAddress;

    private TurnClient(Wire wire, StunExchange exchange) {
        this.wire = wire;
        this.exchange = exchange;
    }

    /// Opens a connection; over UDP nothing is sent yet.
    public static TurnClient connect(Endpoint endpoint, ClientOptions options) throws TurnFailure {
        return over(ServerConnection.open(endpoint, options), endpoint.carrier(), options);
    }

    /// Takes over a UDP socket, which may be bound to an address of its own and is closed with the
    /// client.
    public static TurnClient over(DatagramSocket socket, Endpoint server, ClientOptions options)
            throws IOException {
        return over(new UdpWire(socket, server.socketAddress()), Carrier.UDP, options);
    }

    /// Takes over a wire, which is closed with the client.
    ///
    /// @param carrier what the wire is made of
    public static TurnClient over(Wire wire, Carrier carrier, ClientOptions options) {
        return new TurnClient(wire, new StunExchange(wire, carrier.isReliable(), options));
    }

    /// Asks for the client's address as the server sees it (RFC 8489 §2).
    public TransportAddress bind() throws TurnFailure {
        var response = request(StunMethod.BINDING, List.of());
        var other = response.first(OtherAddress.class);
        otherAddress = other == null ? null : other.address();
        return address(response, XorMappedAddress.class, "XOR-MAPPED-ADDRESS");
    }

    /// Asks for a relayed transport address for UDP (RFC 8656 §7).
    ///
    /// @param family of the relayed address, null for the server's default, which is IPv4
    public AllocatedRelay allocate(@Nullable AddressFamily family) throws TurnFailure {
        var attributes = new ArrayList<StunAttribute>();
        attributes.add(new RequestedTransport(RequestedTransport.UDP));
        if (family != null) {
            attributes.add(new RequestedAddressFamily(family.code()));
        }
        var response = allocateWith(attributes);
        return new AllocatedRelay(
                address(response, XorRelayedAddress.class, "XOR-RELAYED-ADDRESS"),
                address(response, XorMappedAddress.class, "XOR-MAPPED-ADDRESS"),
                lifetimeOf(response));
    }

    /// Asks for an allocation as these attributes say.
    StunMessage allocateWith(List<StunAttribute> attributes) throws TurnFailure {
        var response = request(StunMethod.ALLOCATE, attributes);
        allocated = true;
        return response;
    }

    /// Takes over the allocation of another client, from where it is now (RFC 8016 §3.2).
    StunMessage takeOver(TurnClient other, MobilityTicket ticket) throws TurnFailure {
        exchange.authenticateLike(other.exchange);
        var response = request(StunMethod.REFRESH, List.of(new Lifetime(LIFETIME_SECONDS), ticket));
        allocated = true;
        other.allocated = false;
        channels.putAll(other.channels);
        return response;
    }

    /// Makes this connection, a new one, the way to a peer of another client (RFC 6062 §4.3). From
    /// then on it carries bytes, no frames; those of a ChannelData on channel `number` can be sent
    /// and received all the same.
    void carry(ConnectionId connection, TurnClient control, int number, TransportAddress peer)
            throws TurnFailure {
        exchange.authenticateLike(control.exchange);
        request(StunMethod.CONNECTION_BIND, List.of(connection));
        channels.put(number, peer);
    }

    /// Lets peers with these IP addresses send to the client (RFC 8656 §10).
    public void createPermission(TransportAddress... peers) throws TurnFailure {
        request(
                StunMethod.CREATE_PERMISSION,
                Arrays.stream(peers).<StunAttribute>map(XorPeerAddress::new).toList());
    }

    /// Binds a channel to a peer, which also makes a permission (RFC 8656 §12).
    ///
    /// @param number 0x4000 to 0x4FFF
    public void bindChannel(int number, TransportAddress peer) throws TurnFailure {
        request(
                StunMethod.CHANNEL_BIND,
                List.of(new ChannelNumber(number), new XorPeerAddress(peer)));
        channels.put(number, peer);
    }

    /// Sends data to a peer with a Send indication (RFC 8656 §11.1).
    public void send(TransportAddress peer, Octets data) throws TurnFailure {
        exchange.indicate(StunMethod.SEND, List.of(new XorPeerAddress(peer), new Data(data)));
    }

    /// Sends data to the peer that a channel is bound to, as ChannelData (RFC 8656 §12.4).
    public void sendOnChannel(int number, Octets data) throws TurnFailure {
        ByteBuf frame = Unpooled.buffer(ChannelData.HEADER_LENGTH + data.length());
        ChannelData.writeHeader(frame, 0, number, data.length());
        data.copyTo(frame, ChannelData.HEADER_LENGTH);
        exchange.send(frame.array());
    }

    /// Waits for data of a peer.
    ///
    /// @return the oldest not taken yet, or null if there is none in time
    public @Nullable ReceivedData receive(Duration patience) throws TurnFailure {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            var frame = exchange.nextOther(left);
            if (frame == null) {
                return null;
            }
            var data = dataOf(frame);
            if (data != null) {
                return data;
            }
        }
    }

    /// Extends the allocation, or ends it with 0 seconds (RFC 8656 §8).
    ///
    /// @return the seconds granted
    public long refresh(long lifetimeSeconds) throws TurnFailure {
        var granted =
                lifetimeOf(request(StunMethod.REFRESH, List.of(new Lifetime(lifetimeSeconds))));
        allocated = granted > 0;
        return granted;
    }

    /// Returns the time from the last request to its response.
    public Duration lastRoundTrip() {
        return exchange.lastRoundTrip();
    }

    /// Returns the client's own address, as it sees it itself.
    public TransportAddress localAddress() {
        return TransportAddress.of(wire.localAddress());
    }

    /// Returns what is known of the TLS session, null without TLS.
    public @Nullable TlsFacts tls() {
        return wire.tls();
    }

    /// Tells whether the server has asked for credentials so far, and was given some.
    public boolean wasAskedForCredentials() {
        return exchange.authentication() != null;
    }

    /// Returns where the server answers as well, by its last answer to [#bind] (RFC 5780 §7.4);
    /// null for nowhere.
    @Nullable TransportAddress otherAddress() {
        return otherAddress;
    }

    /// Returns the last SOFTWARE that the server sent, empty if none.
    public String software() {
        return software;
    }

    /// Ends the allocation, if there is one, and the connection.
    @Override
    public void close() {
        try {
            if (allocated) {
                refresh(0);
            }
        } catch (TurnFailure e) {
            // The server forgets the allocation by itself; nobody waits for its word.
            allocated = false;
        } finally {
            wire.close();
        }
    }

    /// Waits for an indication other than data.
    ///
    /// @return the first one of this method, null if there is none in time
    @Nullable StunMessage indication(StunMethod method, Duration patience) throws TurnFailure {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            var frame = exchange.nextOther(left);
            if (frame == null) {
                return null;
            }
            if (StunMessage.decode(Unpooled.wrappedBuffer(frame), 0, frame.length)
                            instanceof StunMessage message
                    && message.method() == method) {
                return message;
            }
        }
    }

    /// Returns how requests are authenticated, null while the server has not asked for it.
    @Nullable Authentication authentication() {
        return exchange.authentication();
    }

    StunMessage request(StunMethod method, List<StunAttribute> attributes) throws TurnFailure {
        var response = exchange.request(method, attributes);
        var name = response.first(Software.class);
        if (name != null) {
            software = name.value();
        }
        return response;
    }

    private static <A extends StunAttribute.Address> TransportAddress address(
            StunMessage response, Class<A> type, String name) throws TurnFailure {
        var attribute = response.first(type);
        if (attribute == null) {
            throw new TurnFailure(
                    new Failure.BadAnswer(
                            "the answer to " + response.method().rfcName() + " has no " + name));
        }
        return attribute.address();
    }

    private static long lifetimeOf(StunMessage response) throws TurnFailure {
        var lifetime = response.first(Lifetime.class);
        if (lifetime == null) {
            throw new TurnFailure(
                    new Failure.BadAnswer(
                            "the answer to " + response.method().rfcName() + " has no LIFETIME"));
        }
        return lifetime.seconds();
    }

    private @Nullable ReceivedData dataOf(byte[] frame) {
        var buffer = Unpooled.wrappedBuffer(frame);
        if (frame.length > 0 && FirstByte.of(frame[0]) == FirstByte.CHANNEL_DATA) {
            return channelDataOf(buffer, frame.length);
        }
        if (StunMessage.decode(buffer, 0, frame.length) instanceof StunMessage message
                && message.method() == StunMethod.DATA) {
            var peer = message.first(XorPeerAddress.class);
            var data = message.first(Data.class);
            return peer == null || data == null
                    ? null
                    : new ReceivedData(peer.address(), 0, data.value());
        }
        return null;
    }

    private @Nullable ReceivedData channelDataOf(ByteBuf frame, int length) {
        if (!ChannelData.fits(frame, 0, length)) {
            return null;
        }
        var number = ChannelData.number(frame, 0);
        var peer = channels.get(number);
        var data = Octets.of(frame, ChannelData.HEADER_LENGTH, ChannelData.dataLength(frame, 0));
        return peer == null ? null : new ReceivedData(peer, number, data);
    }
}
