package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;

/// Looks at DTLS datagrams (RFC 6347 §4.1, §4.2.2) without taking part in a handshake.
final class DtlsMessages {
    /// What a client's handshake messages can't exceed: there are no client certificates here.
    /// Bouncy Castle reserves the length that a first fragment claims, which may be 16 MiB.
    static final int MESSAGE_BYTES_MAX = 8 << 10;

    static final int RANDOM_BYTES = 32;

    private static final int RECORD_HEADER_BYTES = 13;
    private static final int MESSAGE_HEADER_BYTES = 12;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;

    private static final int DTLS_1_0 = 0xFEFF;
    private static final int DTLS_1_2 = 0xFEFD;

    private static final int VERSION_AT = 1;
    private static final int EPOCH_AT = 3;
    private static final int LENGTH_AT = 11;
    private static final int RANDOM_AT = RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES + 2;

    private DtlsMessages() {}

    /// Says whether all records of a datagram are of versions that have been: 1.0, which a first
    /// ClientHello may show, and 1.2. Bouncy Castle takes a reserved one for a bug of its own and
    /// ends the session, which so anybody could who forges its client's address.
    static boolean haveKnownVersions(ByteBuf buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (end - at >= RECORD_HEADER_BYTES) {
            int version = buffer.getUnsignedShort(at + VERSION_AT);
            if (version != DTLS_1_0 && version != DTLS_1_2) {
                return false;
            }
            at += RECORD_HEADER_BYTES + buffer.getUnsignedShort(at + LENGTH_AT);
        }
        return true;
    }

    /// Says whether a datagram begins with a ClientHello, or the first fragment of one.
    static boolean isClientHello(ByteBuf buffer, int offset, int length) {
        return length >= RANDOM_AT + RANDOM_BYTES
                && buffer.getUnsignedByte(offset) == HANDSHAKE
                && buffer.getUnsignedShort(offset + EPOCH_AT) == 0
                && buffer.getUnsignedByte(offset + RECORD_HEADER_BYTES) == CLIENT_HELLO;
    }

    /// Returns the record that refuses a ClientHello: a fatal alert. It has the number of the
    /// client's, as the answer with a cookie does (RFC 6347 §4.2.1).
    static byte[] refusal(ByteBuf clientHello, int offset) {
        byte[] record = new byte[RECORD_HEADER_BYTES + 2];
        clientHello.getBytes(offset, record, 0, LENGTH_AT);
        record[0] = (byte) ContentType.alert;
        record[RECORD_HEADER_BYTES - 1] = 2;
        record[RECORD_HEADER_BYTES] = (byte) AlertLevel.fatal;
        record[RECORD_HEADER_BYTES + 1] = (byte) AlertDescription.internal_error;
        return record;
    }

    /// Returns the client's random of a ClientHello: each handshake has its own.
    static byte[] random(ByteBuf clientHello, int offset) {
        byte[] random = new byte[RANDOM_BYTES];
        clientHello.getBytes(offset + RANDOM_AT, random);
        return random;
    }

    static boolean hasRandom(ByteBuf clientHello, int offset, byte[] random) {
        return Arrays.equals(random(clientHello, offset), random);
    }

    /// Says whether all handshake messages of a datagram that aren't encrypted are short enough.
    static boolean arePlainMessagesShort(byte[] datagram) {
        int at = 0;
        while (datagram.length - at >= RECORD_HEADER_BYTES) {
            int body = at + RECORD_HEADER_BYTES;
            int length = Math.min(unsigned(datagram, at + LENGTH_AT, 2), datagram.length - body);
            boolean plain = datagram[at] == HANDSHAKE && unsigned(datagram, at + EPOCH_AT, 2) == 0;
            if (plain && !areShort(datagram, body, length)) {
                return false;
            }
            at = body + length;
        }
        return true;
    }

    /// Says whether no handshake message in one record claims to be longer than it may.
    static boolean areShort(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (end - at >= MESSAGE_HEADER_BYTES) {
            if (unsigned(bytes, at + 1, 3) > MESSAGE_BYTES_MAX) {
                return false;
            }
            at += MESSAGE_HEADER_BYTES + unsigned(bytes, at + 9, 3);
        }
        return true;
    }

    private static int unsigned(byte[] bytes, int at, int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | Byte.toUnsignedInt(bytes[at + i]);
        }
        return value;
    }
}
