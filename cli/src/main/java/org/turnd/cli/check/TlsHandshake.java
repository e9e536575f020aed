package org.turnd.cli.check;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.Failure.TlsProblem;
import org.turnd.cli.check.Failure.TlsRefused;

/// Sets up TLS on a TCP connection and finds out why it cannot be.
final class TlsHandshake {
    // RFC 7443 §3.
    static final List<String> APPLICATION_PROTOCOLS = List.of("stun.turn", "stun.nat-discovery");

    private TlsHandshake() {}

    /// Takes over a connected socket; closes it if there is no TLS to be had.
    static StreamWire perform(Socket tcp, Endpoint endpoint, TlsTrust trust, Duration patience)
            throws TurnFailure {
        var observer = new Observer(trust);
        try {
            var socket =
                    (SSLSocket)
                            context(observer)
                                    .getSocketFactory()
                                    .createSocket(
                                            tcp, endpoint.host(), endpoint.address().port(), true);
            var parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setApplicationProtocols(APPLICATION_PROTOCOLS.toArray(String[]::new));
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            socket.startHandshake();
            socket.setSoTimeout(0);
            return new StreamWire(socket, observer.facts(socket));
        } catch (SocketTimeoutException e) {
            close(tcp, e);
            throw new TurnFailure(new Failure.Silence("a TLS handshake", patience), e);
        } catch (IOException e) {
            close(tcp, e);
            throw new TurnFailure(observer.refusal(e), e);
        }
    }

    private static void close(Socket tcp, IOException because) {
        try {
            tcp.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    private static SSLContext context(Observer observer) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {observer}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has TLS", e);
        }
    }

    /// Returns what a certificate that is not good lacks.
    static TlsProblem problemOf(CertificateException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return TlsProblem.EXPIRED;
            }
            if (cause instanceof CertificateNotYetValidException) {
                return TlsProblem.NOT_YET_VALID;
            }
        }
        var message = String.valueOf(e.getMessage());
        return message.startsWith("No subject alternative") || message.startsWith("No name ")
                ? TlsProblem.WRONG_NAME
                : TlsProblem.UNTRUSTED;
    }

    /// Judges certificates as it is told to, and remembers what it saw.
    private static final class Observer extends X509ExtendedTrustManager {
        private final TlsTrust trust;
        private List<X509Certificate> chain = List.of();
        private @Nullable TlsRefused problem;

        Observer(TlsTrust trust) {
            this.trust = trust;
        }

        TlsFacts facts(SSLSocket socket) {
            var session = socket.getSession();
            var alpn = socket.getApplicationProtocol();
            return new TlsFacts(
                    session.getProtocol(),
                    session.getCipherSuite(),
                    alpn == null ? "" : alpn,
                    chain,
                    problem);
        }

        Failure refusal(IOException thrown) {
            if (problem != null) {
                return problem;
            }
            var detail = String.valueOf(thrown.getMessage());
            var notTls = detail.contains("Unsupported or unrecognized SSL message");
            if (thrown instanceof SSLException && !(thrown.getCause() instanceof EOFException)) {
                return new TlsRefused(
                        notTls ? TlsProblem.NOT_TLS : TlsProblem.HANDSHAKE, detail, chain);
            }
            return new Failure.Closed("during the TLS handshake: " + detail);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] presented, String authType, Socket socket)
                throws CertificateException {
            chain = List.of(presented);
            try {
                presented[0].checkValidity();
                trust.authorities().checkServerTrusted(presented, authType, socket);
            } catch (CertificateException e) {
                problem = new TlsRefused(problemOf(e), String.valueOf(e.getMessage()), chain);
                if (!trust.overlooksProblems()) {
                    throw e;
                }
            }
        }

        @Override
        public void checkServerTrusted(
                X509Certificate[] presented, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("only sockets are used here");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] presented, String authType)
                throws CertificateException {
            throw new CertificateException("only sockets are used here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] presented, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("no client is judged here");
        }

        @Override
        public void checkClientTrusted(
                X509Certificate[] presented, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("no client is judged here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] presented, String authType)
                throws CertificateException {
            throw new CertificateException("no client is judged here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return trust.authorities().getAcceptedIssuers();
        }
    }
}
