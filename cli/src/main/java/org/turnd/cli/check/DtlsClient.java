package org.turnd.cli.check;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Failure.TlsRefused;

/// What a client of DTLS 1.2 wants of a session: it judges certificates as it is told to, and
/// remembers what it saw.
@SuppressWarnings("JdkObsolete") // Bouncy Castle's lists are Vectors
final class DtlsClient extends DefaultTlsClient {
    private final Endpoint endpoint;
    private final TlsTrust trust;
    private final Duration patience;
    private List<X509Certificate> chain = List.of();
    private @Nullable TlsRefused problem;

    DtlsClient(Endpoint endpoint, TlsTrust trust, Duration patience) {
        super(new JcaTlsCryptoProvider().create(new SecureRandom()));
        this.endpoint = endpoint;
        this.trust = trust;
        this.patience = patience;
    }

    TlsFacts facts() {
        var session = context.getSecurityParametersConnection();
        var alpn = session.getApplicationProtocol();
        return new TlsFacts(
                "DTLSv1.2",
                String.format(Locale.ROOT, "0x%04X", session.getCipherSuite()),
                alpn == null ? "" : alpn.getUtf8Decoding(),
                chain,
                problem);
    }

    List<X509Certificate> chain() {
        return chain;
    }

    /// Returns what is wrong with the server's certificate, null if nothing is.
    @Nullable TlsRefused problem() {
        return problem;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return Math.toIntExact(patience.toMillis());
    }

    @Override
    protected Vector<ProtocolName> getProtocolNames() {
        var names = new Vector<ProtocolName>();
        for (var name : TlsHandshake.APPLICATION_PROTOCOLS) {
            names.add(ProtocolName.asUtf8Encoding(name));
        }
        return names;
    }

    @Override
    protected @Nullable Vector<ServerName> getSNIServerNames() {
        // RFC 6066 §3: an IP literal is no server name.
        if (endpoint.host().equals(endpoint.address().host())) {
            return null;
        }
        var names = new Vector<ServerName>();
        names.add(
                new ServerName(
                        NameType.host_name, endpoint.host().getBytes(StandardCharsets.US_ASCII)));
        return names;
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate presented) throws IOException {
                judge(presented);
            }

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                return null;
            }
        };
    }

    private void judge(TlsServerCertificate presented) throws IOException {
        try {
            chain = parsed(presented);
            chain.getFirst().checkValidity();
            // The key exchange is always ephemeral, so the certificate's key only signs.
            trust.authorities()
                    .checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
            if (CertificateNames.of(chain.getFirst()).stream().noneMatch(this::isTheServer)) {
                throw new CertificateException("No name matching " + endpoint.host() + " found");
            }
        } catch (CertificateException e) {
            problem =
                    new TlsRefused(
                            TlsHandshake.problemOf(e), String.valueOf(e.getMessage()), chain);
            if (!trust.overlooksProblems()) {
                throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
            }
        }
    }

    private static List<X509Certificate> parsed(TlsServerCertificate presented)
            throws IOException, CertificateException {
        var factory = CertificateFactory.getInstance("X.509");
        var certificates = new ArrayList<X509Certificate>();
        for (var certificate : presented.getCertificate().getCertificateList()) {
            var der = new ByteArrayInputStream(certificate.getEncoded());
            certificates.add((X509Certificate) factory.generateCertificate(der));
        }
        if (certificates.isEmpty()) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate);
        }
        return List.copyOf(certificates);
    }

    /// RFC 6125 §6.4: a star stands for one whole label, the first.
    private boolean isTheServer(String name) {
        var host = endpoint.host();
        if (name.startsWith("*.") && host.indexOf('.') > 0) {
            return name.substring(1).equalsIgnoreCase(host.substring(host.indexOf('.')));
        }
        return name.equalsIgnoreCase(host);
    }
}
