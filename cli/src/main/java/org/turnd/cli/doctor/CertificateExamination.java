package org.turnd.cli.doctor;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.CertificateNames;
import org.turnd.server.net.TlsMaterial;

/// Looks at the certificate: whether it can be used, for how long, for which names, and whether
/// clients will know who signed it.
final class CertificateExamination implements Examination {
    private static final String AREA = "tls";

    @Override
    public List<Finding> of(Patient patient) throws IOException {
        var tls = patient.settings().tls();
        if (tls == null) {
            return List.of(
                    Finding.warning(
                            AREA,
                            "no certificate: clients in networks that let nothing but TLS out can't"
                                    + " connect",
                            "set tls.certificate and tls.key, and listen on port 443"));
        }
        try {
            var material = TlsMaterial.read(tls);
            var findings = new ArrayList<Finding>();
            findings.add(validity(material));
            findings.add(names(material.certificates().getFirst(), patient.host()));
            findings.add(chain(patient, material.certificates()));
            return findings;
        } catch (TlsMaterial.InvalidTlsMaterial e) {
            return e.problems().stream()
                    .map(problem ->
                            Finding.failure(
                                    AREA,
                                    problem,
                                    "a PEM file with the whole chain, and the key that belongs to"
                                            + " its first certificate, readable by the server's"
                                            + " user"))
                    .toList();
        }
    }

    private static Finding validity(TlsMaterial material) {
        var now = Instant.now();
        var leaf = material.certificates().getFirst();
        var end = leaf.getNotAfter().toInstant();
        var warning = material.expiryWarning(now).orElse(null);
        if (warning == null) {
            return Finding.ok(AREA, "valid for " + Duration.between(now, end).toDays() + " days");
        }
        var usable = now.isBefore(end) && now.isAfter(leaf.getNotBefore().toInstant());
        return new Finding(
                AREA,
                usable ? Finding.Severity.WARNING : Finding.Severity.FAILURE,
                warning,
                "renew it, then let the server read it: systemctl reload turnd");
    }

    private static Finding names(X509Certificate leaf, @Nullable String host) {
        var names = CertificateNames.of(leaf);
        var list = String.join(", ", names);
        if (host == null) {
            return Finding.ok(AREA, "for " + list + "; --host says which one clients use");
        }
        return names.stream().anyMatch(name -> matches(name, host))
                ? Finding.ok(AREA, "good for " + host)
                : Finding.failure(
                        AREA,
                        "the certificate is for " + list + ", not for " + host,
                        "get one for " + host + ", or give clients one of its names");
    }

    /// RFC 9525 §6.3: a wildcard stands for one whole label.
    private static boolean matches(String name, String host) {
        var wanted = host.toLowerCase(Locale.ROOT);
        var given = name.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        return given.equals(wanted)
                || (given.startsWith("*.")
                        && dot > 0
                        && given.substring(1).equals(wanted.substring(dot)));
    }

    private static Finding chain(Patient patient, List<X509Certificate> chain) {
        try {
            patient.client()
                    .trust()
                    .authorities()
                    .checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
            return Finding.ok(AREA, "signed by " + CertificateNames.issuerOf(chain.getLast()));
        } catch (CertificateException e) {
            var last = chain.getLast();
            var isSelfSigned = last.getIssuerX500Principal().equals(last.getSubjectX500Principal());
            return chain.size() == 1 && !isSelfSigned
                    ? Finding.failure(
                            AREA,
                            "the certificates of the issuer, "
                                    + CertificateNames.issuerOf(last)
                                    + ", are missing, or it is unknown",
                            "put the whole chain into tls.certificate (fullchain.pem, not cert.pem);"
                                    + " --ca FILE when the authority is your own")
                    : Finding.failure(
                            AREA,
                            "browsers refuse the certificate: " + e.getMessage(),
                            "get one from a public authority; --ca FILE when clients know yours");
        }
    }
}
