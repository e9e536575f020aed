package org.turnd.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Keys by their paths.
final class KnownKeys {
    /// Those of the [Schema].
    static final KnownKeys OF_SCHEMA = new KnownKeys(Schema.ALL);

    private final Map<String, Setting<?>> byPath;
    private final Set<String> groups;

    KnownKeys(List<Setting<?>> settings) {
        byPath =
                settings.stream()
                        .collect(
                                Collectors.toMap(
                                        Setting::path,
                                        one -> one,
                                        (a, b) -> a,
                                        LinkedHashMap::new));
        groups =
                settings.stream()
                        .map(Setting::path)
                        .flatMap(KnownKeys::groupsOf)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /// `a` and `a.b` for `a.b.c`.
    private static Stream<String> groupsOf(String path) {
        return IntStream.range(0, path.length())
                .filter(i -> path.charAt(i) == '.')
                .mapToObj(end -> path.substring(0, end));
    }

    @Nullable Setting<?> byPath(String path) {
        return byPath.get(path);
    }

    boolean isGroup(String path) {
        return groups.contains(path);
    }

    Set<String> paths() {
        return byPath.keySet();
    }

    Set<String> groups() {
        return groups;
    }
}
