package org.turnd.server.net;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings;

/// A certificate chain and its private key, read from PEM files: PKCS#1, SEC1 and PKCS#8 keys, RSA,
/// EC and Ed25519, encrypted or not.
public final class TlsMaterial {
    /// Used for decryption alone and never registered with the JVM; the JDK's own classes hold what
    /// comes out, because its TLS engine works with those.
    private static final BouncyCastleProvider DECRYPTION = new BouncyCastleProvider();

    private static final Duration EXPIRY_NOTICE = Duration.ofDays(14);

    private final X509Certificate[] chain;
    private final PrivateKey privateKey;

    private TlsMaterial(X509Certificate[] chain, PrivateKey privateKey) {
        this.chain = chain;
        this.privateKey = privateKey;
    }

    /// Reads both files.
    ///
    /// @throws InvalidTlsMaterial when one can't be read or they don't fit together; it names every
    ///   problem and the files
    public static TlsMaterial read(ServerSettings.Tls tls) throws InvalidTlsMaterial {
        var problems = new ArrayList<String>();
        X509Certificate[] chain = null;
        PrivateKey key = null;
        try {
            chain = readChain(tls.certificateChain());
        } catch (IOException e) {
            problems.add(tls.certificateChain() + ": " + reason(e));
        }
        try {
            ServerSettings.Secret password = tls.keyPassword();
            key = readKey(tls.privateKey(), password == null ? null : password.value());
        } catch (IOException e) {
            problems.add(tls.privateKey() + ": " + reason(e));
        }
        if (chain == null || key == null) {
            throw new InvalidTlsMaterial(problems);
        }
        if (!KeyMatch.matches(key, chain[0].getPublicKey())) {
            problems.add(
                    tls.privateKey()
                            + ": this is not the private key of the first certificate in "
                            + tls.certificateChain());
            throw new InvalidTlsMaterial(problems);
        }
        return new TlsMaterial(chain, key);
    }

    private static String reason(IOException failure) {
        return failure instanceof NoSuchFileException
                ? "there is no such file"
                : String.valueOf(failure.getMessage());
    }

    private static X509Certificate[] readChain(Path file) throws IOException {
        var certificates = new ArrayList<X509Certificate>();
        try (var parser = parser(file)) {
            for (Object found = next(parser); found != null; found = next(parser)) {
                if (found instanceof X509CertificateHolder holder) {
                    certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
                }
            }
        } catch (CertificateException e) {
            throw new IOException("a certificate can't be decoded: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(
                    "no certificate found; expected one or more PEM blocks"
                            + " \"BEGIN CERTIFICATE\", the server's own first");
        }
        return certificates.toArray(X509Certificate[]::new);
    }

    private static PEMParser parser(Path file) throws IOException {
        Reader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
        return new PEMParser(reader);
    }

    private static @Nullable Object next(PEMParser parser) throws IOException {
        try {
            return parser.readObject();
        } catch (RuntimeException e) {
            // Bouncy Castle reports broken Base64 and broken ASN.1 by many unchecked exceptions.
            throw new IOException("the file is damaged: " + e.getMessage(), e);
        }
    }

    private static PrivateKey readKey(Path file, @Nullable String password) throws IOException {
        try (var parser = parser(file)) {
            for (Object found = next(parser); found != null; found = next(parser)) {
                PrivateKey key = asKey(found, password);
                if (key != null) {
                    return key;
                }
            }
        } catch (PEMException e) {
            throw new IOException("the key can't be decoded: " + e.getMessage(), e);
        }
        throw new IOException(
                "no private key found; expected a PEM block \"BEGIN PRIVATE KEY\","
                        + " \"BEGIN ENCRYPTED PRIVATE KEY\", \"BEGIN RSA PRIVATE KEY\" or"
                        + " \"BEGIN EC PRIVATE KEY\"");
    }

    /// Returns null for a PEM block that is no key, such as EC parameters or a certificate.
    private static @Nullable PrivateKey asKey(Object found, @Nullable String password)
            throws IOException {
        var converter = new JcaPEMKeyConverter();
        return switch (found) {
            case PrivateKeyInfo plain -> converter.getPrivateKey(plain);
            case PEMKeyPair plain -> converter.getPrivateKey(plain.getPrivateKeyInfo());
            case PEMEncryptedKeyPair encrypted ->
                    converter.getPrivateKey(
                            decrypt(encrypted, needed(password)).getPrivateKeyInfo());
            case PKCS8EncryptedPrivateKeyInfo encrypted ->
                    converter.getPrivateKey(decrypt(encrypted, needed(password)));
            default -> null;
        };
    }

    private static char[] needed(@Nullable String password) throws IOException {
        if (password == null) {
            throw new IOException("the key is encrypted; give its password");
        }
        return password.toCharArray();
    }

    private static PEMKeyPair decrypt(PEMEncryptedKeyPair encrypted, char[] password)
            throws IOException {
        try {
            return encrypted.decryptKeyPair(
                    new JcePEMDecryptorProviderBuilder().setProvider(DECRYPTION).build(password));
        } catch (IOException e) {
            throw wrongPassword(e);
        }
    }

    private static PrivateKeyInfo decrypt(PKCS8EncryptedPrivateKeyInfo encrypted, char[] password)
            throws IOException {
        try {
            return encrypted.decryptPrivateKeyInfo(
                    new JceOpenSSLPKCS8DecryptorProviderBuilder()
                            .setProvider(DECRYPTION)
                            .build(password));
        } catch (OperatorCreationException | PKCSException e) {
            throw wrongPassword(e);
        }
    }

    private static IOException wrongPassword(Exception cause) {
        return new IOException(
                "the key can't be decrypted; is the password right? (" + cause.getMessage() + ")",
                cause);
    }

    /// The server's certificate first, then its issuers.
    public List<X509Certificate> certificates() {
        return List.of(chain);
    }

    /// Says whether the files held the same certificates and the same key.
    public boolean isSame(TlsMaterial other) {
        return Arrays.equals(chain, other.chain)
                && MessageDigest.isEqual(privateKey.getEncoded(), other.privateKey.getEncoded());
    }

    X509Certificate[] chain() {
        return chain.clone();
    }

    PrivateKey privateKey() {
        return privateKey;
    }

    /// When the certificate ends.
    public Instant end() {
        return chain[0].getNotAfter().toInstant();
    }

    /// Says that the certificate has expired, isn't valid yet, or ends within 14 days and the last
    /// third of its life.
    public Optional<String> expiryWarning(Instant now) {
        X509Certificate leaf = chain[0];
        Instant begin = leaf.getNotBefore().toInstant();
        Instant end = leaf.getNotAfter().toInstant();
        String certificate = "the certificate of " + leaf.getSubjectX500Principal();
        if (now.isBefore(begin)) {
            return Optional.of(certificate + " isn't valid before " + begin);
        }
        if (now.isAfter(end)) {
            return Optional.of(certificate + " has expired on " + end + "; renew it");
        }
        Duration left = Duration.between(now, end);
        boolean isNear = left.compareTo(EXPIRY_NOTICE) < 0;
        boolean isLate = left.multipliedBy(3).compareTo(Duration.between(begin, end)) < 0;
        return isNear && isLate
                ? Optional.of(certificate + " expires on " + end + "; renew it")
                : Optional.empty();
    }

    /// A certificate or key can't be used.
    public static final class InvalidTlsMaterial extends Exception {
        private static final long serialVersionUID = 1;
        private final transient List<String> problems;

        InvalidTlsMaterial(List<String> problems) {
            super(String.join("\n", problems));
            this.problems = List.copyOf(problems);
        }

        /// One line each, beginning with the file.
        public List<String> problems() {
            return problems;
        }
    }
}
