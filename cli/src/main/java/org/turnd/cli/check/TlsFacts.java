package org.turnd.cli.check;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was agreed on with a server.
///
/// @param protocol for example `TLSv1.3`
/// @param cipherSuite the RFC's name
/// @param alpn the application protocol that the server chose, empty if it chose none
/// @param chain the server's certificate and those that it sent with it
/// @param overlooked why the certificate is not good, if it was not and was accepted all the same
public record TlsFacts(
        String protocol,
        String cipherSuite,
        String alpn,
        List<X509Certificate> chain,
        Failure.@Nullable TlsRefused overlooked) {
    /// Copies the list.
    public TlsFacts {
        chain = List.copyOf(chain);
    }
}
