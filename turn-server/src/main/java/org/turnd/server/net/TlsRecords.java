package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/// The records of a connection whose handshake BoringSSL has done: in from one buffer, out into
/// one, without what Netty's TLS handler has to ask for each. Belongs to the connection's thread.
final class TlsRecords {
    /// What the engine wants free beside a record; no record grows by as much.
    private static final int ROOM_BYTES = 256;

    private static final int RECORD_GROWTH_BYTES = 32;
    private static final int RECORD_PLAINTEXT_BYTES_MAX = 16 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final ReferenceCountedOpenSslEngine engine;
    private final Channel channel;

    /// Takes a share in the engine until [#release].
    TlsRecords(ReferenceCountedOpenSslEngine engine, Channel channel) {
        this.engine = engine;
        this.channel = channel;
        engine.retain();
    }

    /// Returns what the records of a read hold, for the caller to release. Borrows the input; the
    /// begin of a record whose rest is to come is kept.
    ///
    /// @throws SSLException when a record is broken; the alert is on its way
    ByteBuf decrypt(ByteBuf records) throws SSLException {
        ByteBuf plaintext =
                channel.alloc().directBuffer(Math.max(ROOM_BYTES, records.readableBytes()));
        try {
            boolean more = true;
            while (more) {
                SSLEngineResult result =
                        engine.unwrap(
                                records.internalNioBuffer(
                                        records.readerIndex(), records.readableBytes()),
                                plaintext.internalNioBuffer(
                                        plaintext.writerIndex(), plaintext.writableBytes()));
                records.skipBytes(result.bytesConsumed());
                plaintext.writerIndex(plaintext.writerIndex() + result.bytesProduced());
                if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                    sayWhatTheEngineWants();
                }
                boolean full = result.getStatus() == Status.BUFFER_OVERFLOW;
                if (full) {
                    plaintext.ensureWritable(RECORD_PLAINTEXT_BYTES_MAX);
                }
                boolean advanced = result.getStatus() == Status.OK && result.bytesConsumed() > 0;
                more = full || (advanced && records.isReadable());
            }
            return plaintext;
        } catch (SSLException | RuntimeException e) {
            plaintext.release();
            throw e;
        }
    }

    /// Returns the messages encrypted, each as a record of its own, for the caller to release.
    /// Borrows the input.
    ///
    /// @param lengths of the messages, which lie one behind the other
    ByteBuf encrypt(ByteBuf messages, int[] lengths, int count) throws SSLException {
        ByteBuf records =
                channel.alloc()
                        .directBuffer(
                                messages.readableBytes()
                                        + count * RECORD_GROWTH_BYTES
                                        + ROOM_BYTES);
        try {
            ByteBuffer in =
                    messages.internalNioBuffer(messages.readerIndex(), messages.readableBytes());
            int end = in.position();
            for (int i = 0; i < count; i++) {
                end += lengths[i];
                in.limit(end);
                while (in.hasRemaining()) {
                    wrap(in, records);
                }
            }
            return records;
        } catch (SSLException | RuntimeException e) {
            records.release();
            throw e;
        }
    }

    private SSLEngineResult wrap(ByteBuffer in, ByteBuf out) throws SSLException {
        // With less room the engine would make two records of a message.
        out.ensureWritable(in.remaining() + ROOM_BYTES);
        SSLEngineResult result =
                engine.wrap(in, out.internalNioBuffer(out.writerIndex(), out.writableBytes()));
        out.writerIndex(out.writerIndex() + result.bytesProduced());
        if (result.getStatus() == Status.CLOSED && in.hasRemaining()) {
            throw new SSLException("closed");
        }
        return result;
    }

    /// Alerts, key updates: what the engine owes the client besides data.
    private void sayWhatTheEngineWants() throws SSLException {
        ByteBuf out = channel.alloc().directBuffer(ROOM_BYTES);
        try {
            int produced;
            do {
                produced = wrap(NOTHING, out).bytesProduced();
            } while (produced > 0);
        } finally {
            // Also when the engine fails after its alert.
            var _ = channel.writeAndFlush(out, channel.voidPromise());
        }
    }

    /// Whether the client has ended TLS.
    boolean isEnded() {
        return engine.isInboundDone();
    }

    /// Ends TLS on this side; what follows is the end of the connection.
    void end() {
        engine.closeOutbound();
        try {
            sayWhatTheEngineWants();
        } catch (SSLException e) {
            // The engine has failed before and said so.
        }
    }

    void release() {
        engine.release();
    }
}
