package org.turnd.cli.coturn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.coturn.CoturnOption.Fate;
import org.turnd.cli.coturn.CoturnOption.Takes;

/// Every option of coturn's, and what becomes of it. The same table makes the page for operators.
public final class CoturnOptions {
    private static final String RESOURCE = "options.tsv";
    private static final int COLUMNS = 5;

    /// Names that mean the same as another.
    private static final Map<String, String> SYNONYMS =
            Map.of("db", "userdb", "sql-userdb", "psql-userdb", "auth-secret", "use-auth-secret");

    private static final List<CoturnOption> ALL = read();
    private static final Map<String, CoturnOption> BY_NAME =
            ALL.stream().collect(Collectors.toMap(CoturnOption::name, Function.identity()));

    private CoturnOptions() {}

    /// All of them, by name.
    public static List<CoturnOption> all() {
        return ALL;
    }

    /// Returns the option of this long name, or null.
    public static @Nullable CoturnOption named(String name) {
        return BY_NAME.get(SYNONYMS.getOrDefault(name, name));
    }

    /// Returns the option of this letter, or null.
    static @Nullable CoturnOption ofLetter(String letter) {
        return ALL.stream().filter(one -> letter.equals(one.letter())).findFirst().orElse(null);
    }

    private static List<CoturnOption> read() {
        try (InputStream resource = CoturnOptions.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(RESOURCE + " isn't in the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(CoturnOptions::option)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CoturnOption option(String line) {
        String[] columns = line.split("\t", COLUMNS);
        return new CoturnOption(
                columns[0],
                columns[1].equals("-") ? null : columns[1],
                Takes.valueOf(columns[2].toUpperCase(Locale.ROOT)),
                Fate.valueOf(columns[3].toUpperCase(Locale.ROOT)),
                columns[4]);
    }
}
