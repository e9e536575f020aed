package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.Transport;
import org.turnd.server.net.ShardCounters.Counter;
import org.turnd.stun.StreamFraming;
import org.turnd.stun.TransportAddress;

/// One TCP or TLS connection of a client, the last handler of its pipeline: cuts the stream into
/// frames for the engine, and collects what goes back until the end of the wake-up. Belongs to its
/// shard's thread.
final class StreamConnection extends ByteToMessageDecoder implements ClientConnection {
    /// What answers may wait beyond the bound that relayed data has.
    static final int ANSWER_RESERVE_BYTES = 16 << 10;

    private static final int STAGE_BYTES = 2048;
    private static final int DATA_INDICATION = 0x0017;

    private final Shard shard;
    private final StreamLimits limits;
    private final SocketChannel channel;
    private final @Nullable TransportAddress client;
    private final int listener;
    private final int id;
    private Transport transport = Transport.TCP;
    private @Nullable ClientPath path;
    private @Nullable TlsRecords records;
    private @Nullable ByteBuf staged;
    private int[] stagedLengths = new int[8];
    private int stagedMessages;
    private @Nullable Future<?> deadline;
    private long lastProgressNanos;
    private boolean bindingOnly;
    private boolean spoke;
    private boolean allocated;
    private boolean closed;
    private @Nullable Consumer<ClientStream> binding;
    private @Nullable ClientStream data;

    /// @param client whom a proxy named; null for who opened the connection
    /// @param id unique among the shard's open connections
    StreamConnection(
            Shard shard,
            StreamLimits limits,
            SocketChannel channel,
            @Nullable TransportAddress client,
            int listener,
            int id) {
        this.shard = shard;
        this.limits = limits;
        this.channel = channel;
        this.client = client;
        this.listener = listener;
        this.id = id;
    }

    @Override
    public int id() {
        return id;
    }

    Channel channel() {
        return channel;
    }

    /// Told whether the connection's five-tuple has an allocation.
    @Override
    public void allocated(boolean hasAllocation) {
        allocated = hasAllocation;
        lastProgressNanos = shard.wake();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        lastProgressNanos = shard.wake();
        watch(limits.handshakeNanos());
        super.channelActive(context);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        while (!closed) {
            int index = in.readerIndex();
            int length = StreamFraming.frameLength(in, index, in.readableBytes());
            if (length == StreamFraming.NEED_MORE) {
                return;
            }
            if (length == StreamFraming.NOT_A_FRAME) {
                // C-09: there is no way to find the next message in such a stream.
                shard.counters().add(Counter.STREAMS_NOT_STUN, 1);
                in.skipBytes(in.readableBytes());
                finish();
                return;
            }
            in.skipBytes(length);
            onFrame(in, index, length);
            if (binding != null) {
                becomeData(context, in, binding);
                return;
            }
        }
        in.skipBytes(in.readableBytes());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        TlsRecords tls = records;
        if (tls == null) {
            super.channelRead(context, message);
            return;
        }
        ByteBuf plaintext;
        try {
            plaintext = tls.decrypt((ByteBuf) message);
        } finally {
            ReferenceCountUtil.release(message);
        }
        super.channelRead(context, plaintext);
        if (tls.isEnded() && data != null) {
            data.onTlsEnd();
        } else if (tls.isEnded()) {
            // C-14: what ends TLS ends the five-tuple, whatever TCP does.
            finish();
        }
    }

    /// From behind the message that is being handled, this is a client data connection.
    ///
    /// @param owner gets the stream to bind
    void bind(Consumer<ClientStream> owner) {
        binding = owner;
    }

    // L-14. What came in one piece with the ConnectionBind is data.
    private void becomeData(
            ChannelHandlerContext context, ByteBuf in, Consumer<ClientStream> owner) {
        flush();
        if (deadline != null) {
            deadline.cancel(false);
        }
        var stream =
                new ClientStream(
                        channel,
                        transport == Transport.TLS,
                        records,
                        () -> shard.onStreamClosed(this, path));
        data = stream;
        channel.config().setAutoRead(false);
        StreamSockets.carryData(channel);
        if (in.isReadable()) {
            stream.onInput(in.readRetainedSlice(in.readableBytes()));
        }
        context.pipeline().replace(this, null, stream);
        owner.accept(stream);
    }

    private void onFrame(ByteBuf in, int index, int length) {
        lastProgressNanos = shard.wake();
        if (!spoke) {
            spoke = true;
            watch(limits.idleNanos());
        }
        int first = in.getUnsignedByte(index);
        if (first > limits.channelNumberMax() >> 8) {
            // J-15 (RFC 8656 §12.6): reserved channel numbers are skipped.
            shard.counters().add(Counter.STREAM_SKIPPED_FRAMES, 1);
            return;
        }
        shard.onStreamFrame(path(), in, index, length);
    }

    /// The connection as the engine knows it.
    @Override
    public ClientPath path() {
        ClientPath known = path;
        if (known == null) {
            known =
                    ClientPath.stream(
                            transport,
                            listener,
                            id,
                            // T-05
                            client == null ? TransportAddress.of(channel.remoteAddress()) : client);
            if (bindingOnly) {
                known.forBindingOnly();
            }
            path = known;
        }
        return known;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        switch (event) {
            case SslHandshakeCompletionEvent handshake -> {
                onHandshake(handshake.isSuccess(), context.pipeline().get(SslHandler.class));
                context.executor().execute(() -> takeOverRecords(context));
            }
            case ChannelInputShutdownEvent _ -> finish();
            // C-14, as above. Netty's handler also says so when it is taken away.
            case SslCloseCompletionEvent _ -> {
                if (records == null) {
                    finish();
                }
            }
            default -> super.userEventTriggered(context, event);
        }
    }

    private void onHandshake(boolean succeeded, @Nullable SslHandler handler) {
        if (succeeded) {
            // P-05 (RFC 7443 §2).
            String chosen = handler == null ? null : handler.applicationProtocol();
            bindingOnly = chosen != null && ApplicationProtocols.isNatDiscovery(chosen);
            shard.counters().add(Counter.TLS_HANDSHAKES, 1);
            transport = Transport.TLS;
            lastProgressNanos = shard.wake();
        } else {
            shard.counters().add(Counter.TLS_HANDSHAKES_FAILED, 1);
            var _ = channel.close();
        }
    }

    /// Takes the place of Netty's handler where BoringSSL has done the handshake.
    private void takeOverRecords(ChannelHandlerContext context) {
        SslHandler handler = context.pipeline().get(SslHandler.class);
        if (transport == Transport.TLS
                && !closed
                && data == null
                && handler != null
                && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            flush();
            records = new TlsRecords(engine, channel);
            context.pipeline().remove(handler);
        }
    }

    /// Stages one message for the client, or drops it. Borrows the buffer.
    @Override
    public void send(ByteBuf buffer, int offset, int length, boolean isRelayed) {
        if (closed) {
            return;
        }
        boolean data = isRelayedData(buffer, offset);
        int padding = -length & 3;
        int bound = limits.queueBytes() + (data ? 0 : ANSWER_RESERVE_BYTES);
        if (pendingBytes() + length + padding > bound) {
            // I-18: a client that doesn't read loses its packets and delays nobody else.
            shard.counters()
                    .add(data ? Counter.STREAM_DROPPED_DATA : Counter.STREAM_DROPPED_ANSWERS, 1);
            return;
        }
        // J-14 (RFC 8656 §12.5): on a stream ChannelData is padded to a multiple of four.
        stage(length + padding).writeBytes(buffer, offset, length).writeZero(padding);
        shard.counters().add(Counter.STREAM_SENT_FRAMES, 1);
        shard.counters().add(Counter.STREAM_SENT_BYTES, length + padding);
    }

    /// Returns where the next message goes, behind the others of this wake-up.
    private ByteBuf stage(int length) {
        ByteBuf stage = staged;
        if (stage == null) {
            shard.flushAtEndOfWakeUp(this);
            stage = channel.alloc().directBuffer(Math.max(STAGE_BYTES, length));
            staged = stage;
        }
        if (stagedMessages == stagedLengths.length) {
            stagedLengths = Arrays.copyOf(stagedLengths, 2 * stagedMessages);
        }
        stagedLengths[stagedMessages++] = length;
        return stage;
    }

    private static boolean isRelayedData(ByteBuf buffer, int offset) {
        int type = buffer.getUnsignedShort(offset);
        return type >= 0x4000 || type == DATA_INDICATION;
    }

    private long pendingBytes() {
        ByteBuf stage = staged;
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return (stage == null ? 0 : stage.readableBytes())
                + (queue == null ? 0 : queue.totalPendingWriteBytes());
    }

    /// Sends what is staged, in one go. Over TLS each message has a record of its own, because
    /// there are clients that take whatever one read gives them for one message.
    void flush() {
        ByteBuf stage = staged;
        if (stage == null) {
            return;
        }
        staged = null;
        int messages = stagedMessages;
        stagedMessages = 0;
        if (transport == Transport.TCP) {
            var _ = channel.writeAndFlush(stage, channel.voidPromise());
            return;
        }
        try {
            if (records == null) {
                for (int i = 0; i < messages; i++) {
                    var _ =
                            channel.write(
                                    stage.readRetainedSlice(stagedLengths[i]),
                                    channel.voidPromise());
                }
                channel.flush();
            } else {
                var _ =
                        channel.writeAndFlush(
                                records.encrypt(stage, stagedLengths, messages),
                                channel.voidPromise());
            }
        } catch (SSLException e) {
            var _ = channel.close();
        } finally {
            stage.release();
        }
    }

    /// Sends what is staged and closes.
    @Override
    public void finish() {
        flush();
        if (records != null && !closed) {
            records.end();
        }
        closed = true;
        var _ = channel.close();
    }

    private void watch(long nanos) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = channel.eventLoop().schedule(this::onDeadline, nanos, TimeUnit.NANOSECONDS);
    }

    private void onDeadline() {
        long now = shard.wake();
        long rest = spoke ? limits.idleNanos() : limits.handshakeNanos();
        long left = lastProgressNanos + rest - now;
        if (allocated) {
            watch(rest);
        } else if (left > 0) {
            watch(left);
        } else if (pendingBytes() > 0 && left + rest > 0) {
            // C-07 (RFC 8489 §6.2.2): not while an answer is owed, unless nobody comes to get it.
            watch(left + rest);
        } else {
            shard.counters().add(Counter.STREAMS_TIMED_OUT, 1);
            finish();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        super.channelInactive(context);
        closed = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (staged != null) {
            staged.release();
            staged = null;
        }
        if (records != null) {
            records.release();
        }
        shard.onStreamClosed(this, path);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Resets and broken TLS records are the peer's daily business; the connection is all lost.
        var _ = channel.close();
    }
}
