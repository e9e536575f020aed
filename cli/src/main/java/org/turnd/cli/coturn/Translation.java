package org.turnd.cli.coturn;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.coturn.CoturnOption.Fate;

/// What becomes of a configuration of coturn's.
///
/// @param text turnd's configuration
/// @param findings what the operator should know, what matters most first
/// @param options how many lines give an option
/// @param translated how many of them are in turnd's configuration
record Translation(String text, List<Finding> findings, int options, int translated) {
    Translation {
        findings = List.copyOf(findings);
    }

    /// Translates the text of a file.
    ///
    /// @param name what the file is called
    /// @param directory where its relative paths begin, or null
    static Translation of(String text, String name, @Nullable Path directory) {
        CoturnFile file = CoturnFile.read(text);
        var draft = new Draft(file);
        var listening = new Listening(draft, directory).translate();
        new Access(draft).translate();
        new Amounts(draft).translate();
        new Relaying(draft, listening).translate();
        sayOfTheRest(draft);
        List<Finding> findings =
                draft.findings().stream()
                        .distinct()
                        .sorted(Comparator.comparing(Finding::kind).thenComparingInt(Finding::line))
                        .toList();
        long translated =
                draft.entries().values().stream()
                        .filter(entry -> !entry.isProposal())
                        .map(Draft.Entry::from)
                        .flatMap(List::stream)
                        .distinct()
                        .count();
        return new Translation(
                new TurndFile(draft, findings, name).text(),
                findings,
                file.lines().size(),
                (int) translated);
    }

    /// Whether the operator has to do something before turnd serves as coturn did.
    boolean isComplete() {
        return findings.stream().noneMatch(finding -> finding.kind().isLoss());
    }

    /// Flags that weren't meant say nothing; an option that stands twice counts once.
    private static void sayOfTheRest(Draft draft) {
        for (CoturnLine line : draft.lines()) {
            CoturnOption option = line.option();
            if (draft.isUsed(line)) {
                continue;
            }
            if (option.takes() == CoturnOption.Takes.FLAG && !line.isOn()) {
                draft.say(Finding.Kind.NEEDLESS, line, "it is off");
            } else if (option.fate() == Fate.KEY) {
                draft.say(Finding.Kind.NEEDLESS, line, "a later line, or what turnd does anyway");
            } else {
                draft.say(kindOf(option), line, option.text());
            }
        }
    }

    private static Finding.Kind kindOf(CoturnOption option) {
        if (option.fate() == Fate.NEEDLESS) {
            return Finding.Kind.NEEDLESS;
        }
        return UNSAFE.getOrDefault(option.name(), Finding.Kind.LEFT_OUT);
    }

    /// What made coturn less safe, or turnd will: that is not only a loss.
    private static final Map<String, Finding.Kind> UNSAFE =
            Map.of("server-relay", Finding.Kind.UNSAFE, "CA-file", Finding.Kind.UNSAFE);
}
