package org.turnd.server.net;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/// A certificate chain and its key as Bouncy Castle's DTLS takes them, signing with the JDK. Safe
/// on every thread.
final class DtlsCertificate {
    private static final List<Scheme> RSA =
            List.of(
                    new Scheme(
                            SignatureAndHashAlgorithm.rsa_pss_rsae_sha256,
                            "RSASSA-PSS",
                            new PSSParameterSpec(
                                    "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1)),
                    Scheme.of(HashAlgorithm.sha256, SignatureAlgorithm.rsa, "SHA256withRSA"),
                    Scheme.of(HashAlgorithm.sha384, SignatureAlgorithm.rsa, "SHA384withRSA"),
                    Scheme.of(HashAlgorithm.sha512, SignatureAlgorithm.rsa, "SHA512withRSA"));

    private static final List<Scheme> EC =
            List.of(
                    Scheme.of(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa, "SHA256withECDSA"),
                    Scheme.of(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa, "SHA384withECDSA"),
                    Scheme.of(HashAlgorithm.sha512, SignatureAlgorithm.ecdsa, "SHA512withECDSA"));

    private static final List<Scheme> ED25519 =
            List.of(new Scheme(SignatureAndHashAlgorithm.ed25519, "Ed25519", null));

    /// P-02 and RFC 9325 §4.2: forward secrecy and AEAD only. No DHE (W-07): RFC 9325 §4.1 advises
    /// against it.
    private static final int[] RSA_CIPHERS = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    };

    private static final int[] EC_CIPHERS = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    };

    private final Certificate chain;
    private final PrivateKey key;

    DtlsCertificate(TlsMaterial material, JcaTlsCrypto crypto) {
        chain =
                new Certificate(
                        material.certificates().stream()
                                .map(one -> new JcaTlsCertificate(crypto, one))
                                .toArray(TlsCertificate[]::new));
        key = material.privateKey();
    }

    private boolean isRsa() {
        return key.getAlgorithm().equals("RSA");
    }

    /// The cipher suites that go with the key, the best first.
    int[] ciphers() {
        return (isRsa() ? RSA_CIPHERS : EC_CIPHERS).clone();
    }

    /// Signs one handshake.
    ///
    /// @param offered what the client verifies, null for what every client of TLS 1.2 does
    TlsCredentialedSigner signer(
            TlsCryptoParameters parameters, @Nullable Vector<SignatureAndHashAlgorithm> offered)
            throws TlsFatalAlert {
        for (Scheme scheme : schemes()) {
            if (offered == null || offered.contains(scheme.algorithm())) {
                return new DefaultTlsCredentialedSigner(
                        parameters, new JdkSigner(key, scheme), chain, scheme.algorithm());
            }
        }
        throw new TlsFatalAlert(AlertDescription.handshake_failure);
    }

    private List<Scheme> schemes() {
        if (isRsa()) {
            return RSA;
        }
        return key.getAlgorithm().equals("EC") ? EC : ED25519;
    }

    /// A signature scheme.
    ///
    /// @param name the JDK's
    private record Scheme(
            SignatureAndHashAlgorithm algorithm,
            String name,
            @Nullable PSSParameterSpec parameters) {
        static Scheme of(short hash, short signature, String name) {
            return new Scheme(new SignatureAndHashAlgorithm(hash, signature), name, null);
        }
    }

    private record JdkSigner(PrivateKey key, Scheme scheme) implements TlsSigner {
        @Override
        public byte[] generateRawSignature(SignatureAndHashAlgorithm algorithm, byte[] hash) {
            throw new UnsupportedOperationException("there is a stream signer");
        }

        @Override
        public TlsStreamSigner getStreamSigner(SignatureAndHashAlgorithm algorithm)
                throws IOException {
            try {
                Signature signature = Signature.getInstance(scheme.name());
                if (scheme.parameters() != null) {
                    signature.setParameter(scheme.parameters());
                }
                signature.initSign(key);
                return new JdkStreamSigner(signature);
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }
    }

    private record JdkStreamSigner(Signature signature) implements TlsStreamSigner {
        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int oneByte) throws IOException {
                    write(new byte[] {(byte) oneByte}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    try {
                        signature.update(bytes, offset, length);
                    } catch (SignatureException e) {
                        throw new TlsFatalAlert(AlertDescription.internal_error, e);
                    }
                }
            };
        }

        @Override
        public byte[] getSignature() throws IOException {
            try {
                return signature.sign();
            } catch (SignatureException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }
    }
}
