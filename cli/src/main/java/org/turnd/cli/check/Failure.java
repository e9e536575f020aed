package org.turnd.cli.check;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.turnd.stun.StunMethod;

/// Why a client got no further. [Diagnosis] tells what that may mean and what to do.
public sealed interface Failure {
    /// The name has no address.
    record UnknownHost(String host) implements Failure {}

    /// Nobody listens there: TCP was reset, or ICMP said so for UDP.
    record ConnectionRefused() implements Failure {}

    /// The operating system has no way to the server.
    ///
    /// @param why in the system's words
    record Unreachable(String why) implements Failure {}

    /// Nothing came back in time.
    ///
    /// @param what was asked for, `a TCP connection` or `an answer to Binding`
    /// @param waited how long
    record Silence(String what, Duration waited) implements Failure {}

    /// The server closed the connection, or reset it.
    record Closed(String why) implements Failure {}

    /// No TLS session came about.
    ///
    /// @param detail in the TLS library's words
    /// @param chain what the server presented, its own certificate first; may be empty
    record TlsRefused(TlsProblem problem, String detail, List<X509Certificate> chain)
            implements Failure {
        /// Copies the list.
        public TlsRefused {
            chain = List.copyOf(chain);
        }
    }

    /// The server answered with an error.
    ///
    /// @param authenticated the request carried credentials
    record ErrorResponse(StunMethod method, int code, String reason, boolean authenticated)
            implements Failure {}

    /// The server answered something that the protocol does not allow.
    record BadAnswer(String why) implements Failure {}

    /// What kept TLS from being set up.
    enum TlsProblem {
        UNTRUSTED,
        EXPIRED,
        NOT_YET_VALID,
        WRONG_NAME,
        NOT_TLS,
        HANDSHAKE
    }
}
