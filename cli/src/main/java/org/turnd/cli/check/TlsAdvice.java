package org.turnd.cli.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Judges TLS sessions and certificates.
final class TlsAdvice {
    private static final Duration RENEWAL_DUE = Duration.ofDays(14);

    private TlsAdvice() {}

    /// Returns what a TLS session is like, in a line.
    static String finding(TlsFacts tls, Instant now) {
        var text = new StringBuilder(tls.protocol());
        text.append(tls.alpn().isEmpty() ? ", no ALPN" : ", ALPN " + tls.alpn());
        if (!tls.chain().isEmpty()) {
            var certificate = tls.chain().getFirst();
            text.append(", certificate for ")
                    .append(String.join(", ", CertificateNames.of(certificate)));
            text.append(" from ").append(CertificateNames.issuerOf(certificate));
            var left = Duration.between(now, certificate.getNotAfter().toInstant());
            text.append(
                    left.isNegative() ? ", expired" : ", valid " + CredentialAdvice.inWords(left));
        }
        return text.toString();
    }

    /// Returns why there is no TLS session, in a line.
    static String finding(Failure.TlsRefused refused) {
        return switch (refused.problem()) {
            case UNTRUSTED -> "the certificate is not trusted";
            case EXPIRED -> "the certificate has expired";
            case NOT_YET_VALID -> "the certificate is not valid yet";
            case WRONG_NAME -> "the certificate is for another name";
            case NOT_TLS -> "the answer is not TLS";
            case HANDSHAKE -> "no TLS session: " + refused.detail();
        };
    }

    /// Returns what should be looked at although TLS works; empty if nothing.
    static List<Advice> ofFacts(TlsFacts tls, Subject subject) {
        var advice = new ArrayList<Advice>();
        if (tls.overlooked() != null) {
            advice.addAll(ofRefused(tls.overlooked(), subject));
        }
        for (var certificate : tls.chain()) {
            var end = certificate.getNotAfter().toInstant();
            var left = Duration.between(subject.now(), end);
            if (!left.isNegative() && left.compareTo(RENEWAL_DUE) < 0) {
                advice.add(
                        new Advice(
                                "the certificate of "
                                        + CertificateNames.subjectOf(certificate)
                                        + " ends in "
                                        + CredentialAdvice.inWords(left)
                                        + ", at "
                                        + end,
                                "renew it; if that is done already, the server has not loaded the"
                                        + " new one"));
            }
        }
        return advice;
    }

    /// Returns why no TLS session came about and what to do.
    static List<Advice> ofRefused(Failure.TlsRefused refused, Subject subject) {
        return List.of(
                switch (refused.problem()) {
                    case UNTRUSTED -> ofUntrusted(refused);
                    case EXPIRED ->
                            new Advice(
                                    "the certificate ended at "
                                            + refused.chain().getFirst().getNotAfter().toInstant(),
                                    "renew it; if that is done already, the server has not loaded"
                                            + " the new one: restart it");
                    case NOT_YET_VALID ->
                            new Advice(
                                    "the certificate begins only at "
                                            + refused.chain().getFirst().getNotBefore().toInstant(),
                                    "set the clock of this machine, or of the one that issued it");
                    case WRONG_NAME ->
                            new Advice(
                                    "the certificate is for "
                                            + String.join(
                                                    ", ",
                                                    CertificateNames.of(refused.chain().getFirst()))
                                            + ", not for "
                                            + subject.uri().host(),
                                    "use one of its names in the URL, or get a certificate for"
                                            + " this one");
                    case NOT_TLS ->
                            new Advice(
                                    "what listens there does not speak TLS",
                                    "turns: belongs to the TLS port, usually 5349 or 443; a plain"
                                            + " port takes turn: with ?transport=tcp");
                    case HANDSHAKE ->
                            new Advice(
                                    "the two have no TLS version, cipher or application protocol"
                                            + " in common",
                                    "the server needs TLS 1.2 or 1.3, and ALPN stun.turn or none;"
                                            + " its log says what it missed");
                });
    }

    private static Advice ofUntrusted(Failure.TlsRefused refused) {
        var chain = refused.chain();
        var last = chain.getLast();
        var selfSigned = last.getIssuerX500Principal().equals(last.getSubjectX500Principal());
        if (chain.size() == 1 && !selfSigned) {
            return new Advice(
                    "the server sends its own certificate without those of its issuer, "
                            + CertificateNames.issuerOf(last),
                    "put the full chain into tls.certificate (fullchain.pem, not cert.pem)");
        }
        return new Advice(
                "the certificate is signed by "
                        + (chain.size() == 1 ? "itself" : CertificateNames.subjectOf(last))
                        + ", which nobody knows; browsers refuse it",
                "get one from a public authority; or check with --ca FILE if yours is private, or"
                        + " with --insecure");
    }
}
