package org.turnd.cli.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whose certificates a client takes.
public final class TlsTrust {
    private final X509ExtendedTrustManager authorities;
    private final boolean overlooksProblems;

    private TlsTrust(X509ExtendedTrustManager authorities, boolean overlooksProblems) {
        this.authorities = authorities;
        this.overlooksProblems = overlooksProblems;
    }

    /// Returns trust in the authorities that the Java runtime comes with.
    public static TlsTrust ofDefaultAuthorities() {
        try {
            return new TlsTrust(trustManager(null), false);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime comes with authorities", e);
        }
    }

    /// Returns trust in the authorities of a PEM file and no others.
    ///
    /// @throws IOException if the file cannot be read
    /// @throws CertificateException if it holds no certificates
    public static TlsTrust ofAuthorities(Path pemFile) throws IOException, CertificateException {
        try (var stream = Files.newInputStream(pemFile)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var authority :
                    CertificateFactory.getInstance("X.509").generateCertificates(stream)) {
                store.setCertificateEntry("authority-" + store.size(), authority);
            }
            if (store.size() == 0) {
                throw new CertificateException(pemFile + " holds no certificate");
            }
            return new TlsTrust(trustManager(store), false);
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has PKIX and key stores", e);
        }
    }

    /// Returns the same trust, but a certificate that is not good is taken all the same, and what
    /// is wrong with it is noted in [TlsFacts#overlooked()].
    public TlsTrust overlookingProblems() {
        return new TlsTrust(authorities, true);
    }

    /// Returns what judges certificates.
    public X509ExtendedTrustManager authorities() {
        return authorities;
    }

    /// Tells whether a certificate that is not good is taken all the same.
    public boolean overlooksProblems() {
        return overlooksProblems;
    }

    private static X509ExtendedTrustManager trustManager(@Nullable KeyStore store)
            throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("no PKIX trust manager"));
    }
}
