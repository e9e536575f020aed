package org.turnd.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.turnd.conformance.Sources.Proof;

/// Writes `docs/conformance.md`, and says what is missing from it.
final class ConformancePage {
    private static final String HEAD =
            """
            # Conformance

            Generated from the sources and the tests; don't edit. Regenerate it with
            `mvn -pl integration-tests -am test -Dtest=ConformancePageTest -Dsurefire.failIfNoSpecifiedTests=false -Dturnd.regenerate=true`.

            Each requirement of the RFCs, and each decision where they are silent or contradict each other, has an
            id, which comments in the code and names or tags of tests refer to. The level is MUST, SHOULD or MAY as
            in the source; D is a decision of this project. *holds*: the named tests prove it in every run.
            *exception*: no test does, and the reason is given. The build fails when an id has neither, has no
            code, or when this page is stale.
            """;

    private static final Map<String, String> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("0", "Processing order of one request");
        SECTIONS.put("A", "STUN framing and attributes");
        SECTIONS.put("B", "RFC 3489 (classic) clients");
        SECTIONS.put("C", "Transactions and transports");
        SECTIONS.put("D", "Credentials");
        SECTIONS.put("E", "Time-limited credentials");
        SECTIONS.put("F", "Allocate");
        SECTIONS.put("G", "Refresh");
        SECTIONS.put("H", "Permissions and CreatePermission");
        SECTIONS.put("I", "Send, Data and ICMP");
        SECTIONS.put("J", "Channels");
        SECTIONS.put("K", "IP header fields of the relay");
        SECTIONS.put("L", "TCP allocations (RFC 6062)");
        SECTIONS.put("M", "Mobility (RFC 8016)");
        SECTIONS.put("N", "NAT behaviour discovery (RFC 5780)");
        SECTIONS.put("O", "Third-party authorization (RFC 7635)");
        SECTIONS.put("P", "TLS, DTLS, ALPN, demultiplexing");
        SECTIONS.put("R", "ALTERNATE-SERVER and ALTERNATE-DOMAIN");
        SECTIONS.put("S", "Security");
        SECTIONS.put("T", "PROXY protocol, anycast, WebRTC");
        SECTIONS.put("W", "Contradictions in the sources, decided");
    }

    private final List<Requirement> requirements;
    private final Sources sources;

    ConformancePage(List<Requirement> requirements, Sources sources) {
        this.requirements = requirements;
        this.sources = sources;
    }

    /// What keeps the page from being whole: one line each.
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        Set<String> known = new TreeSet<>();
        for (Requirement one : requirements) {
            if (!known.add(one.id())) {
                complaints.add(one.id() + " is listed twice");
            }
            boolean isProven = !sources.proofsOf(one.id()).isEmpty();
            if (isProven == one.isException()) {
                complaints.add(
                        one.id()
                                + (isProven
                                        ? " is proven; it is no exception"
                                        : " has no test and no reason why not"));
            }
            if (isProven && codeOf(one).isEmpty()) {
                complaints.add(one.id() + " has no code");
            }
            one.code().stream()
                    .filter(name -> sources.mainFile(name).isEmpty())
                    .forEach(name -> complaints.add(one.id() + ": there is no class " + name));
            if (one.level().endsWith("D") && one.section().equals("W") && one.remark().isBlank()) {
                complaints.add(one.id() + " has no decision");
            }
        }
        sources.namedIds().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> complaints.add(id + " is named in a source and not listed"));
        return complaints;
    }

    /// The whole page.
    ///
    /// @param tables more sections, behind the others
    String markdown(String tables) {
        var page = new StringBuilder(HEAD);
        page.append("\n| Section | Requirements | hold | exceptions |\n|---|---:|---:|---:|\n");
        SECTIONS.forEach((letter, title) -> {
            List<Requirement> all = of(letter);
            long exceptions = all.stream().filter(Requirement::isException).count();
            page.append(
                    "| %s. %s | %d | %d | %d |\n"
                            .formatted(
                                    letter,
                                    title,
                                    all.size(),
                                    all.size() - exceptions,
                                    exceptions));
        });
        SECTIONS.forEach((letter, title) -> {
            page.append("\n## %s. %s\n\n".formatted(letter, title));
            page.append("| Id | Source | Requirement | Verdict | Code | Proof |\n");
            page.append("|---|---|---|---|---|---|\n");
            of(letter).forEach(one -> page.append(row(one)));
        });
        return page.append(tables).toString();
    }

    private List<Requirement> of(String letter) {
        return requirements.stream().filter(one -> one.section().equals(letter)).toList();
    }

    private String row(Requirement one) {
        String source = one.source().isBlank() ? "" : "<br>" + one.source();
        String remark = one.remark().isBlank() ? "" : "<br>*" + one.reason() + "*";
        Collection<Proof> proofs = sources.proofsOf(one.id());
        return "| %s | %s%s | %s%s | %s | %s | %s |\n"
                .formatted(
                        one.id(),
                        one.level(),
                        source,
                        escaped(one.text()),
                        escaped(remark),
                        one.isException() ? "exception" : "holds",
                        linked(codeOf(one)),
                        proofs.stream()
                                .map(proof -> link(proof.name(), proof.file()))
                                .collect(Collectors.joining(", ")));
    }

    private Set<String> codeOf(Requirement one) {
        Set<String> files = new TreeSet<>(sources.codeOf(one.id()));
        one.code().forEach(name -> sources.mainFile(name).ifPresent(files::add));
        return files;
    }

    /// Links to these files, under the names of their classes.
    static String linked(Set<String> files) {
        return files.stream()
                .map(file -> link(file.replaceAll(".*/|\\.java$", ""), file))
                .collect(Collectors.joining(", "));
    }

    private static String link(String name, String file) {
        return "[%s](../%s)".formatted(name, file);
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|")
                .replace("<br>*", "\u0000")
                .replace("<", "&lt;")
                .replace("\u0000", "<br>*");
    }
}
