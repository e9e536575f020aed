package org.turnd.server.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.MessageType;
import org.turnd.stun.StunAttribute.Icmp;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// ICMP errors about datagrams that relays sent, told to the client in Data indications (RFC 8656
/// §11.5), channel or not (I-15).
final class IcmpRelay {
    /// Errors at most that one allocation is told of in a second: anybody who guesses a relayed
    /// address can forge them.
    static final int PER_SECOND_MAX = 50;

    /// Header, XOR-PEER-ADDRESS of an IPv6 peer, ICMP.
    private static final int INDICATION_BYTES_MAX = 20 + 24 + 12;

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int DATA_INDICATION =
            MessageType.of(StunMethod.DATA, StunClass.INDICATION);

    private final EngineSink sink;
    private final EngineCounters counters;
    private final TransactionIds transactionIds;
    private final StunWriter writer = new StunWriter();
    private final ByteBuf scratch = Unpooled.buffer(INDICATION_BYTES_MAX, INDICATION_BYTES_MAX);

    IcmpRelay(EngineSink sink, EngineCounters counters, TransactionIds transactionIds) {
        this.sink = sink;
        this.counters = counters;
        this.transactionIds = transactionIds;
    }

    /// Tells the client of an error about a datagram from `relay` to this peer.
    ///
    /// @param port of the peer, 0 when nobody knows (I-16)
    void onError(
            @Nullable Relay relay,
            long high,
            long low,
            int port,
            int type,
            int code,
            int mtu,
            long nowNanos) {
        // I-13: the permission is for where the datagram went; who says so doesn't matter.
        if (relay == null
                || !relay.isLive(nowNanos)
                || !isRelayed(high, low, type)
                || !relay.permissions.isLive(high, low, nowNanos)
                || !relay.allocation.icmpErrors.take(nowNanos, SECOND_NANOS, PER_SECOND_MAX)) {
            counters.increment(Counter.ICMP_ERRORS_DROPPED);
            return;
        }
        counters.increment(Counter.ICMP_ERRORS_RELAYED);
        transactionIds.next();
        writer.begin(
                        scratch,
                        0,
                        DATA_INDICATION,
                        TransactionId.MAGIC_COOKIE,
                        transactionIds.high(),
                        transactionIds.low())
                .xorPeerAddress(high, low, port)
                .put(new Icmp(type, code, errorData(high, low, type, code, mtu)));
        sink.sendToClient(relay.allocation.client, scratch, 0, writer.length());
    }

    // I-12.
    private static boolean isRelayed(long high, long low, int type) {
        return TransportAddress.isIpv4(high, low)
                ? type == 3 || type == 11
                : type == 1 || type == 2 || type == 3;
    }

    // I-14: the MTU of the next hop, where size is the matter.
    private static long errorData(long high, long low, int type, int code, int mtu) {
        boolean tooBig = TransportAddress.isIpv4(high, low) ? type == 3 && code == 4 : type == 2;
        return tooBig ? Integer.toUnsignedLong(mtu) : 0;
    }
}
