package org.turnd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.turnd.stun.TransportAddress;

/// Writes headers of the PROXY protocol, right and wrong.
final class ProxyHeaders {
    static final int LOCAL = 0x20;
    static final int PROXY = 0x21;
    static final int TCP = 1;
    static final int UDP = 2;

    private static final byte[] SIGNATURE = {
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
    };
    private static final int CRC32C_TYPE = 3;

    private ProxyHeaders() {}

    /// A header of version 2 that names a client.
    static byte[] of(int protocol, TransportAddress client, byte[]... values) {
        ByteBuf block = Unpooled.buffer();
        TransportAddress destination =
                TestSettings.address(client.isIpv4() ? "192.0.2.1" : "2001:db8::1", 3478);
        for (TransportAddress each : new TransportAddress[] {client, destination}) {
            if (client.isIpv4()) {
                block.writeInt((int) each.low());
            } else {
                block.writeLong(each.high()).writeLong(each.low());
            }
        }
        block.writeShort(client.port()).writeShort(destination.port());
        for (byte[] value : values) {
            block.writeBytes(value);
        }
        int family = client.isIpv4() ? 1 : 2;
        return raw(PROXY, family << 4 | protocol, ByteBufUtil.getBytes(block));
    }

    /// A header of version 2 with anything in it, and the right length.
    static byte[] raw(int command, int familyAndProtocol, byte... block) {
        return ByteBufUtil.getBytes(
                Unpooled.buffer()
                        .writeBytes(SIGNATURE)
                        .writeByte(command)
                        .writeByte(familyAndProtocol)
                        .writeShort(block.length)
                        .writeBytes(block));
    }

    static byte[] value(int type, byte... bytes) {
        return ByteBufUtil.getBytes(
                Unpooled.buffer().writeByte(type).writeShort(bytes.length).writeBytes(bytes));
    }

    /// An empty checksum, for [#withChecksum].
    static byte[] checksum() {
        return value(CRC32C_TYPE, new byte[4]);
    }

    /// Writes the checksum of a header into its last four bytes but `behind`.
    static byte[] withChecksum(byte[] header, int behind) {
        var crc = new CRC32C();
        crc.update(header);
        byte[] signed = header.clone();
        Unpooled.wrappedBuffer(signed)
                .setInt(header.length - behind - Integer.BYTES, (int) crc.getValue());
        return signed;
    }

    static byte[] line(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The line of version 1 that names a client.
    static byte[] line(TransportAddress client) {
        String destination = client.isIpv4() ? "192.0.2.1" : "2001:db8::1";
        return line(
                "PROXY TCP%d %s %s %d 3478\r\n"
                        .formatted(
                                client.isIpv4() ? 4 : 6,
                                client.host().replace("[", "").replace("]", ""),
                                destination,
                                client.port()));
    }

    static byte[] join(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }
}
