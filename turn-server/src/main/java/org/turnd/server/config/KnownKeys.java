package org.turnd.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The keys of the [Schema] by their paths.
final class KnownKeys {
    private static final Map<String, Setting<?>> BY_PATH =
            Schema.ALL.stream()
                    .collect(
                            Collectors.toMap(
                                    Setting::path, one -> one, (a, b) -> a, LinkedHashMap::new));

    private static final Set<String> GROUPS =
            Schema.ALL.stream()
                    .map(Setting::path)
                    .flatMap(KnownKeys::groupsOf)
                    .collect(Collectors.toUnmodifiableSet());

    private KnownKeys() {}

    /// `a` and `a.b` for `a.b.c`.
    private static Stream<String> groupsOf(String path) {
        return IntStream.range(0, path.length())
                .filter(i -> path.charAt(i) == '.')
                .mapToObj(end -> path.substring(0, end));
    }

    static @Nullable Setting<?> byPath(String path) {
        return BY_PATH.get(path);
    }

    static boolean isGroup(String path) {
        return GROUPS.contains(path);
    }

    static Set<String> paths() {
        return BY_PATH.keySet();
    }

    static Set<String> groups() {
        return GROUPS;
    }
}
