package org.turnd.server.net;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes a certificate for development and tests: EC P-256, signed by itself, good for the given
/// addresses and names.
public final class SelfSignedCertificate {
    private static final Duration BACKDATED = Duration.ofHours(1);

    private SelfSignedCertificate() {}

    /// Writes a new certificate and its private key as PEM; the key's file is its owner's alone.
    ///
    /// @param chain, key files to make or replace
    /// @param addresses IP addresses that the certificate is good for
    /// @param names DNS names that it is good for
    /// @param lifetime how long it is good from now
    public static void write(
            Path chain,
            Path key,
            List<InetAddress> addresses,
            List<String> names,
            Duration lifetime)
            throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            String keyText = pem(new JcaPKCS8Generator(pair.getPrivate(), null));
            Files.deleteIfExists(key);
            Files.createFile(key, ownerOnly(key));
            Files.writeString(key, keyText);
            Files.writeString(chain, pem(certificate(pair, addresses, names, lifetime)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no certificate can be made: " + e.getMessage(), e);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static X509CertificateHolder certificate(
            KeyPair pair, List<InetAddress> addresses, List<String> names, Duration lifetime)
            throws IOException, OperatorCreationException {
        var subject = new X500Name("CN=turnd self-signed");
        Instant now = Instant.now();
        var builder =
                new JcaX509v3CertificateBuilder(
                        subject,
                        new BigInteger(128, new SecureRandom()),
                        Date.from(now.minus(BACKDATED)),
                        Date.from(now.plus(lifetime)),
                        subject,
                        pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        var alternatives = new ArrayList<GeneralName>();
        for (InetAddress address : addresses) {
            alternatives.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress()));
        }
        for (String name : names) {
            alternatives.add(new GeneralName(GeneralName.dNSName, name));
        }
        if (!alternatives.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(alternatives.toArray(GeneralName[]::new)));
        }
        return builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    }

    private static String pem(Object content) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        return text.toString();
    }
}
