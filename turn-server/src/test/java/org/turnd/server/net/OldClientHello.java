package org.turnd.server.net;

import java.nio.ByteBuffer;

/// ClientHellos that no client of today can be made to send.
final class OldClientHello {
    private OldClientHello() {}

    /// Returns a record with a ClientHello of this version, `TLSv1` or `TLSv1.1`.
    static byte[] of(String version) {
        int minor = version.equals("TLSv1") ? 1 : 2;
        var body = ByteBuffer.allocate(41);
        body.put((byte) 3).put((byte) minor);
        body.position(body.position() + 32);
        body.put((byte) 0); // no session id
        // TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, which both versions know
        body.putShort((short) 2).putShort((short) 0xC009);
        body.put((byte) 1).put((byte) 0);
        int length = body.position();
        var hello = ByteBuffer.allocate(9 + length);
        hello.put((byte) 22).put((byte) 3).put((byte) 1).putShort((short) (4 + length));
        hello.put((byte) 1).put((byte) 0).putShort((short) length);
        return hello.put(body.flip()).array();
    }
}
