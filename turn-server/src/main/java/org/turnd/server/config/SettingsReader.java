package org.turnd.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Gives each key its typed value: what was said, or its default. Collects a problem for each value
/// that isn't one, and what takes effect.
final class SettingsReader {
    private static final String REDACTED = "<redacted>";

    private final RawValues raw;
    private final Origin whole;
    private final List<ConfigProblem> problems;
    private final Set<Setting<?>> bad = new HashSet<>();
    private final Map<String, EffectiveValue> effective = new LinkedHashMap<>();

    /// @param whole the place of what is nowhere
    /// @param problems where problems go
    SettingsReader(RawValues raw, Origin whole, List<ConfigProblem> problems) {
        this.raw = raw;
        this.whole = whole;
        this.problems = problems;
        var settings = new ArrayList<>(Schema.ALL);
        raw.realms().forEach(realm -> settings.addAll(realm.all()));
        for (Setting<?> setting : settings) {
            RawValues.Raw given = raw.get(setting);
            Origin origin = given == null ? Origin.DEFAULT : given.origin();
            effective.put(
                    setting.path(),
                    new EffectiveValue(setting.path(), shown(setting, given), origin));
        }
    }

    boolean isGiven(Setting<?> setting) {
        return raw.get(setting) != null;
    }

    /// Says whether the value is what the operator meant, so that further checks make sense.
    boolean isGood(Setting<?>... settings) {
        for (Setting<?> setting : settings) {
            if (bad.contains(setting) || raw.isBroken(setting)) {
                return false;
            }
        }
        return true;
    }

    /// Where the value stands.
    Origin origin(Setting<?> setting) {
        RawValues.Raw given = raw.get(setting);
        return given == null ? Origin.DEFAULT : given.origin();
    }

    /// The value of a key that has a default.
    <T> T value(Setting<T> setting) {
        T given = given(setting);
        if (given != null) {
            return given;
        }
        try {
            return setting.type().parse(String.valueOf(setting.defaultText()));
        } catch (ValueType.Mismatch e) {
            throw new IllegalStateException("default of " + setting.path(), e);
        }
    }

    /// The value of a key, or null when nothing good was said.
    <T> @Nullable T given(Setting<T> setting) {
        List<T> values = list(setting);
        return values.isEmpty() ? null : values.getFirst();
    }

    /// The path of a file, or null when nothing good was said.
    ///
    /// @param configuration null: there is no file
    @Nullable Path path(Setting<Path> setting, @Nullable Path configuration) {
        Path path = given(setting);
        return path == null ? null : resolved(setting, path, configuration);
    }

    /// Where a relative path leads: in the configuration's file it begins at that file's directory,
    /// in the environment where the server was started.
    Path resolved(Setting<?> setting, Path path, @Nullable Path configuration) {
        boolean isInFile = origin(setting).file() != null;
        return configuration != null && isInFile ? configuration.resolveSibling(path) : path;
    }

    /// The values of a list; empty when nothing was said.
    <T> List<T> list(Setting<T> setting) {
        RawValues.Raw given = raw.get(setting);
        var values = new ArrayList<T>();
        if (given != null) {
            for (RawValues.Item item : given.items()) {
                try {
                    values.add(setting.type().parse(item.text()));
                } catch (ValueType.Mismatch e) {
                    bad.add(setting);
                    String found = setting.isSecret() ? hidden(item.text()) : item.text();
                    problems.add(
                            new ConfigProblem(
                                    item.origin(),
                                    setting.path(),
                                    "found " + found,
                                    setting.type().expected(),
                                    e.fix()));
                }
            }
        }
        return values;
    }

    /// Adds a problem with a value that is good by itself, or isn't there.
    void addProblem(Setting<?> setting, String found, String expected, String fix) {
        Origin origin = isGiven(setting) ? origin(setting) : whole;
        problems.add(new ConfigProblem(origin, setting.path(), found, expected, fix));
    }

    /// Adds a problem with one of the texts that were given, which may be over at the next start.
    void addPassingProblem(
            Setting<?> setting, String item, String found, String expected, String fix) {
        RawValues.Raw given = raw.get(setting);
        Origin origin = given == null ? whole : given.origin();
        if (given != null) {
            origin =
                    given.items().stream()
                            .filter(one -> one.text().equals(item))
                            .findFirst()
                            .map(RawValues.Item::origin)
                            .orElse(origin);
        }
        problems.add(new ConfigProblem(origin, setting.path(), found, expected, fix, true));
    }

    /// Says that further checks of this value make no sense.
    void setBad(Setting<?> setting) {
        bad.add(setting);
    }

    /// Says what a default came to.
    void setEffective(Setting<?> setting, String text) {
        effective.put(setting.path(), new EffectiveValue(setting.path(), text, origin(setting)));
    }

    List<EffectiveValue> effective() {
        return List.copyOf(effective.values());
    }

    /// Tells what is wrong with a secret without telling the secret.
    private static String hidden(String text) {
        String weakness = SecretStrength.weaknessOfSecret(text);
        return weakness == null ? REDACTED : "a secret with " + weakness;
    }

    private static String shown(Setting<?> setting, RawValues.@Nullable Raw given) {
        if (given == null) {
            String byDefault = setting.defaultText();
            if (byDefault == null) {
                return setting.isList() ? "[]" : "null";
            }
            return Hocon.value(byDefault);
        }
        List<String> texts =
                given.items().stream()
                        .map(item -> setting.isSecret() ? REDACTED : item.text())
                        .map(Hocon::value)
                        .toList();
        return setting.isList()
                ? texts.stream().collect(Collectors.joining(", ", "[", "]"))
                : texts.getFirst();
    }
}
