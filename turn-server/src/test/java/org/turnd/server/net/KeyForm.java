package org.turnd.server.net;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.MiscPEMGenerator;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/// The ways in which a private key may stand in a PEM file.
enum KeyForm {
    RSA_PKCS1("RSA", "SHA256withRSA"),
    RSA_PKCS8("RSA", "SHA256withRSA"),
    RSA_PKCS1_ENCRYPTED("RSA", "SHA256withRSA"),
    RSA_PKCS8_ENCRYPTED("RSA", "SHA256withRSA"),
    EC_SEC1("EC", "SHA256withECDSA"),
    EC_SEC1_BEHIND_PARAMETERS("EC", "SHA256withECDSA"),
    EC_SEC1_ENCRYPTED("EC", "SHA256withECDSA"),
    EC_PKCS8("EC", "SHA256withECDSA"),
    EC_PKCS8_ENCRYPTED("EC", "SHA256withECDSA"),
    ED25519_PKCS8("Ed25519", "Ed25519"),
    ED25519_PKCS8_ENCRYPTED("Ed25519", "Ed25519");

    private static final ASN1ObjectIdentifier P256 = X9ObjectIdentifiers.prime256v1;

    static final String PASSWORD = "opén sesame";

    private final String algorithm;
    private final String signature;

    KeyForm(String algorithm, String signature) {
        this.algorithm = algorithm;
        this.signature = signature;
    }

    boolean isEncrypted() {
        return name().endsWith("ENCRYPTED");
    }

    /// Writes a new certificate and its key in this form.
    void write(Path chain, Path key) throws Exception {
        KeyPair pair = generator().generateKeyPair();
        Files.writeString(key, keyText(pair));
        Files.writeString(chain, pem(certificate(pair)));
    }

    private KeyPairGenerator generator() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (!algorithm.equals("Ed25519")) {
            generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
        }
        return generator;
    }

    private String keyText(KeyPair pair) throws Exception {
        return switch (this) {
            case RSA_PKCS1, EC_SEC1 -> pem(new MiscPEMGenerator(traditional(pair)));
            case EC_SEC1_BEHIND_PARAMETERS ->
                    pem(new PemObject("EC PARAMETERS", P256.getEncoded()))
                            + pem(new MiscPEMGenerator(traditional(pair)));
            case RSA_PKCS8, EC_PKCS8, ED25519_PKCS8 ->
                    pem(new JcaPKCS8Generator(pair.getPrivate(), null));
            case RSA_PKCS1_ENCRYPTED, EC_SEC1_ENCRYPTED ->
                    pem(
                            new MiscPEMGenerator(
                                    traditional(pair),
                                    new JcePEMEncryptorBuilder("AES-128-CBC")
                                            .setProvider(new BouncyCastleProvider())
                                            .build(PASSWORD.toCharArray())));
            case RSA_PKCS8_ENCRYPTED, EC_PKCS8_ENCRYPTED, ED25519_PKCS8_ENCRYPTED ->
                    pem(
                            new JcaPKCS8Generator(
                                    pair.getPrivate(),
                                    new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                                            .setProvider(new BouncyCastleProvider())
                                            .setPassword(PASSWORD.toCharArray())
                                            .build()));
        };
    }

    /// OpenSSL writes the curve and the public key into an EC key; the JDK doesn't.
    private static PrivateKeyInfo traditional(KeyPair pair) throws IOException {
        if (!(pair.getPrivate() instanceof ECPrivateKey ec)) {
            return PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
        }
        var publicKey = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, P256),
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                        256, ec.getS(), publicKey.getPublicKeyData(), P256));
    }

    private Object certificate(KeyPair pair) throws Exception {
        var subject = new X500Name("CN=test");
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                        subject,
                        BigInteger.ONE,
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(3600)),
                        subject,
                        pair.getPublic())
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate()));
    }

    private static String pem(Object content) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        return text.toString();
    }
}
