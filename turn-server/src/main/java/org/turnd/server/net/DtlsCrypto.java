package org.turnd.server.net;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/// The JDK's cryptography for Bouncy Castle's DTLS, where a forged record never ends a session, and
/// with a bound on the length that an encrypted handshake message may claim. Safe on every thread.
final class DtlsCrypto extends JcaTlsCrypto {
    DtlsCrypto(SecureRandom random) {
        super(new DefaultJcaJceHelper(), null, random, random);
    }

    @Override
    public TlsCipher createCipher(
            TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm)
            throws IOException {
        return new Guarded(super.createCipher(parameters, encryptionAlgorithm, macAlgorithm));
    }

    private record Guarded(TlsCipher cipher) implements TlsCipher {
        @Override
        public TlsDecodeResult decodeCiphertext(
                long sequence,
                short type,
                ProtocolVersion version,
                byte[] bytes,
                int offset,
                int length)
                throws IOException {
            TlsDecodeResult plain;
            try {
                plain = cipher.decodeCiphertext(sequence, type, version, bytes, offset, length);
            } catch (TlsFatalAlert e) {
                // RFC 6347 §4.1.2.7: what anybody may have forged ends nothing.
                throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
            }
            if (plain.contentType == ContentType.handshake
                    && !DtlsMessages.areShort(plain.buf, plain.off, plain.len)) {
                // This alert alone costs the record and nothing more.
                throw new TlsFatalAlert(AlertDescription.bad_record_mac);
            }
            return plain;
        }

        @Override
        public TlsEncodeResult encodePlaintext(
                long sequence,
                short type,
                ProtocolVersion version,
                int room,
                byte[] bytes,
                int offset,
                int length)
                throws IOException {
            return cipher.encodePlaintext(sequence, type, version, room, bytes, offset, length);
        }

        @Override
        public int getCiphertextDecodeLimit(int plaintextLimit) {
            return cipher.getCiphertextDecodeLimit(plaintextLimit);
        }

        @Override
        public int getCiphertextEncodeLimit(int plaintextLimit) {
            return cipher.getCiphertextEncodeLimit(plaintextLimit);
        }

        @Override
        public int getPlaintextDecodeLimit(int ciphertextLimit) {
            return cipher.getPlaintextDecodeLimit(ciphertextLimit);
        }

        @Override
        public int getPlaintextEncodeLimit(int ciphertextLimit) {
            return cipher.getPlaintextEncodeLimit(ciphertextLimit);
        }

        @Override
        public void rekeyDecoder() throws IOException {
            cipher.rekeyDecoder();
        }

        @Override
        public void rekeyEncoder() throws IOException {
            cipher.rekeyEncoder();
        }

        @Override
        public boolean usesOpaqueRecordTypeDecode() {
            return cipher.usesOpaqueRecordTypeDecode();
        }

        @Override
        public boolean usesOpaqueRecordTypeEncode() {
            return cipher.usesOpaqueRecordTypeEncode();
        }
    }
}
