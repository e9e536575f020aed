package org.turnd.interop;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority of a test's own, which issues certificates for TURN servers and writes
/// everything as PEM files into one directory.
public final class CertificateAuthority {
    /// A server's certificate chain and private key.
    ///
    /// @param chain PEM: the server's certificate, then the authority's
    /// @param key PEM, PKCS#8, not encrypted
    public record ServerCertificate(Path chain, Path key) {}

    private static final String NAME = "CN=turnd test authority";
    private static final Duration VALIDITY = Duration.ofDays(30);

    private final Path directory;
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate;
    private int issued;

    /// Makes a new authority.
    ///
    /// @param directory where the PEM files go; it exists
    public CertificateAuthority(Path directory) {
        this.directory = directory;
        var now = Instant.now();
        this.certificate = sign(NAME, keys, now.minus(VALIDITY), now.plus(VALIDITY), true);
        write(certificateFile(), pem("CERTIFICATE", encoded(certificate)));
    }

    /// Returns the file with the authority's own certificate, for those who are to trust it.
    ///
    /// @return a PEM file
    public Path certificateFile() {
        return directory.resolve("authority.pem");
    }

    /// Issues a certificate that is valid now.
    ///
    /// @param names DNS names and IP address literals
    /// @return the files
    public ServerCertificate issue(String... names) {
        var now = Instant.now();
        return issue(now.minus(VALIDITY), now.plus(VALIDITY), names);
    }

    /// Issues a certificate whose validity ended yesterday.
    ///
    /// @param names DNS names and IP address literals
    /// @return the files
    public ServerCertificate issueExpired(String... names) {
        var now = Instant.now();
        return issue(now.minus(VALIDITY), now.minus(Duration.ofDays(1)), names);
    }

    private ServerCertificate issue(Instant from, Instant until, String... names) {
        var serverKeys = newKeys();
        var server = sign("CN=" + names[0], serverKeys, from, until, false, names);
        issued++;
        var chain = directory.resolve("server-" + issued + ".pem");
        var key = directory.resolve("server-" + issued + ".key");
        write(
                chain,
                pem("CERTIFICATE", encoded(server)) + pem("CERTIFICATE", encoded(certificate)));
        write(key, pem("PRIVATE KEY", serverKeys.getPrivate().getEncoded()));
        return new ServerCertificate(chain, key);
    }

    private X509Certificate sign(
            String subject,
            KeyPair subjectKeys,
            Instant from,
            Instant until,
            boolean authority,
            String... names) {
        var builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name(NAME),
                        BigInteger.valueOf(System.nanoTime()),
                        Date.from(from),
                        Date.from(until),
                        new X500Name(subject),
                        subjectKeys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
            if (names.length > 0) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                Arrays.stream(names)
                                        .map(CertificateAuthority::generalName)
                                        .toArray(GeneralName[]::new)));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate for " + subject, e);
        }
    }

    private static GeneralName generalName(String name) {
        boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
        return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate just made has an encoding", e);
        }
    }

    private static String pem(String label, byte[] der) {
        var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + file, e);
        }
    }
}
