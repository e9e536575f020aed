package org.turnd.server.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.stun.TransportAddress;

/// A self-signed certificate in a directory, and clients that trust it.
final class TestTls {
    private final Tls material;
    private final SSLContext context;

    TestTls(Path directory, TlsProvider provider) throws IOException, GeneralSecurityException {
        Path chain = directory.resolve("chain.pem");
        Path key = directory.resolve("key.pem");
        SelfSignedCertificate.write(
                chain,
                key,
                List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")),
                List.of("localhost"),
                Duration.ofDays(1));
        material = new Tls(chain, key, null, provider);
        context = trusting(chain);
    }

    static SSLContext trusting(Path chain) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(chain)) {
            int i = 0;
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("c" + i++, each);
            }
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    Tls material() {
        return material;
    }

    /// Connects with one version of TLS and the server's name checked; the handshake is the
    /// caller's.
    SSLSocket connect(TransportAddress server, String version) throws IOException {
        return connect(context, server, version);
    }

    /// Returns a record with the first message of a handshake.
    byte[] clientHello() throws IOException {
        var engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        var record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /// Speaks TLS over a connection that stays open to the caller. Loopback's names are checked.
    SSLSocket over(Socket connection, String version) throws IOException {
        return prepare(
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(connection, "127.0.0.1", connection.getPort(), true),
                version);
    }

    static SSLSocket connect(SSLContext context, TransportAddress server, String version)
            throws IOException {
        return prepare(
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(server.toInetAddress(), server.port()),
                version);
    }

    private static SSLSocket prepare(SSLSocket socket, String version) throws IOException {
        socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }
}
