package org.turnd.cli.check;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import org.turnd.stun.TransportAddress;

/// For whom a certificate is, and from whom.
public final class CertificateNames {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private CertificateNames() {}

    /// Returns the names that a certificate is good for: DNS names and addresses.
    public static List<String> of(X509Certificate certificate) {
        Collection<List<?>> alternatives;
        try {
            alternatives = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return List.of("unreadable names");
        }
        if (alternatives == null) {
            return List.of(subjectOf(certificate) + " (no alternative names)");
        }
        return alternatives.stream()
                .filter(name -> isHost(name.getFirst()))
                .map(name -> shortest(String.valueOf(name.getLast())))
                .toList();
    }

    // The JDK writes IPv6 addresses with all their zeros.
    private static String shortest(String name) {
        return name.indexOf(':') < 0
                ? name
                : TransportAddress.of(InetAddress.ofLiteral(name), 0).host();
    }

    private static boolean isHost(Object kind) {
        return kind.equals(DNS_NAME) || kind.equals(IP_ADDRESS);
    }

    /// Returns the common name of the subject, or its whole name.
    static String subjectOf(X509Certificate certificate) {
        return commonName(certificate.getSubjectX500Principal().getName());
    }

    /// Returns the common name of the issuer, or its whole name.
    public static String issuerOf(X509Certificate certificate) {
        return commonName(certificate.getIssuerX500Principal().getName());
    }

    private static String commonName(String distinguishedName) {
        try {
            return new LdapName(distinguishedName)
                    .getRdns().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                            .map(rdn -> String.valueOf(rdn.getValue()))
                            .findFirst()
                            .orElse(distinguishedName);
        } catch (InvalidNameException e) {
            return distinguishedName;
        }
    }
}
