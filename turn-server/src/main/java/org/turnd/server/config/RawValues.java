package org.turnd.server.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the file and the environment say, as texts with their origins, before anybody asks what the
/// texts mean. The environment wins over the file.
final class RawValues {
    /// The value of one key.
    ///
    /// @param items one, or several for a list
    record Raw(List<Item> items, Origin origin) {
        Raw {
            items = List.copyOf(items);
        }
    }

    /// One text, or an object of texts where the text is empty.
    record Item(String text, Map<String, String> fields, Origin origin) {
        Item {
            fields = Map.copyOf(fields);
        }

        static Item of(String text, Origin origin) {
            return new Item(text, Map.of(), origin);
        }
    }

    private final Map<String, Raw> values = new HashMap<>();
    private final Map<RealmSchema, Origin> realms = new LinkedHashMap<>();
    private final Set<Setting<?>> broken = new HashSet<>();
    private final List<ConfigProblem> problems;
    private final String displayedFile;

    /// @param displayedFile the file as the operator named it
    /// @param problems where problems go
    RawValues(String displayedFile, List<ConfigProblem> problems) {
        this.displayedFile = displayedFile;
        this.problems = problems;
    }

    @Nullable Raw get(Setting<?> setting) {
        return values.get(setting.path());
    }

    /// Says whether something was said that isn't even a text. It is already a problem.
    boolean isBroken(Setting<?> setting) {
        return broken.contains(setting);
    }

    /// Takes what the file says; keys that don't exist are problems.
    void readFile(ConfigObject root) {
        readGroup(KnownKeys.OF_SCHEMA, "", root);
    }

    /// The realms that the file names, in the order of their names.
    List<RealmSchema> realms() {
        return List.copyOf(realms.keySet());
    }

    /// Where a realm stands.
    Origin originOf(RealmSchema realm) {
        return realms.getOrDefault(realm, Origin.file(displayedFile, 0));
    }

    /// Takes what the environment says.
    void readEnvironment(Map<String, String> environment) {
        for (Setting<?> setting : Schema.ALL) {
            String variable = setting.variable();
            String fileVariable = variable + Setting.FILE_SUFFIX;
            String text = environment.get(variable);
            String file = setting.isSecret() ? environment.get(fileVariable) : null;
            if (text != null && file != null) {
                problems.add(
                        new ConfigProblem(
                                Origin.environment(fileVariable),
                                setting.path(),
                                variable + " is set, too",
                                "one of the two",
                                "unset one of them"));
            } else if (text != null) {
                readVariable(setting, text, Origin.environment(variable));
            } else if (file != null && !file.isEmpty()) {
                readSecretFile(setting, file, fileVariable);
            }
        }
    }

    /// Names of variables that look like misspelt ones, with what was probably meant. Others that
    /// begin alike are left alone: orchestrators set variables of their own.
    static Map<String, String> misspelt(Map<String, String> environment) {
        Set<String> known = new HashSet<>();
        for (Setting<?> setting : Schema.ALL) {
            known.add(setting.variable());
            if (setting.isSecret()) {
                known.add(setting.variable() + Setting.FILE_SUFFIX);
            }
        }
        Map<String, String> misspelt = new TreeMap<>();
        for (String name : environment.keySet()) {
            if (name.startsWith("TURND_") && !known.contains(name)) {
                for (String variable : known) {
                    if (Spelling.distance(name, variable) <= 2) {
                        misspelt.put(name, variable);
                    }
                }
            }
        }
        return misspelt;
    }

    private void readVariable(Setting<?> setting, String text, Origin origin) {
        if (!setting.isList()) {
            // Orchestrators often can't unset a variable, only empty it.
            if (!text.isEmpty()) {
                put(setting, List.of(Item.of(text, origin)), origin);
            }
            return;
        }
        var items = new ArrayList<Item>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                items.add(Item.of(part.strip(), origin));
            }
        }
        put(setting, items, origin);
    }

    private void readSecretFile(Setting<?> setting, String file, String variable) {
        Origin origin = Origin.secretFile(file, variable);
        try {
            String text = Files.readString(Path.of(file)).strip();
            List<String> texts = setting.isList() ? text.lines().toList() : List.of(text);
            var items = new ArrayList<Item>();
            for (String one : texts) {
                if (!one.isBlank()) {
                    items.add(Item.of(one.strip(), origin));
                }
            }
            if (!items.isEmpty()) {
                put(setting, items, origin);
                return;
            }
            addFileProblem(setting, origin, "the file is empty");
        } catch (IOException | InvalidPathException e) {
            addFileProblem(setting, origin, "the file can't be read");
        }
    }

    private void addFileProblem(Setting<?> setting, Origin origin, String found) {
        broken.add(setting);
        problems.add(
                new ConfigProblem(
                        origin,
                        setting.path(),
                        found,
                        "a readable file with " + setting.type().expected(),
                        "check the path, and that the server's user may read it"));
    }

    private void readGroup(KnownKeys keys, String prefix, ConfigObject group) {
        for (Map.Entry<String, ConfigValue> entry : group.entrySet()) {
            String path = prefix + entry.getKey();
            ConfigValue value = entry.getValue();
            Setting<?> setting = keys.byPath(path);
            if (setting != null) {
                readValue(setting, value);
            } else if (path.equals(RealmSchema.GROUP) && value instanceof ConfigObject named) {
                readRealms(named);
            } else if (!path.equals(RealmSchema.GROUP) && !keys.isGroup(path)) {
                addUnknown(keys, path, origin(value));
            } else if (value instanceof ConfigObject inner) {
                readGroup(keys, path + ".", inner);
            } else {
                problems.add(
                        new ConfigProblem(
                                origin(value),
                                path,
                                "found a value",
                                "a group of keys",
                                "write `" + path + " { ... }`, see the reference of keys"));
            }
        }
    }

    private void readRealms(ConfigObject named) {
        for (String name : new TreeSet<>(named.keySet())) {
            RealmSchema realm = RealmSchema.of(name);
            ConfigValue value = Objects.requireNonNull(named.get(name));
            if (value instanceof ConfigObject group) {
                realms.put(realm, origin(value));
                readGroup(new KnownKeys(realm.all()), realm.path() + ".", group);
            } else {
                problems.add(
                        new ConfigProblem(
                                origin(value),
                                realm.path(),
                                "found a value",
                                "a group of keys",
                                "write `" + realm.path() + " { ... }`, see the reference of keys"));
            }
        }
    }

    private void addUnknown(KnownKeys keys, String path, Origin origin) {
        var known = new ArrayList<>(keys.paths());
        if (keys == KnownKeys.OF_SCHEMA) {
            known.addAll(keys.groups());
            known.add(RealmSchema.GROUP);
        }
        String nearest = Spelling.nearest(path, known);
        problems.add(
                new ConfigProblem(
                        origin,
                        path,
                        "there is no such key",
                        "a key of the reference",
                        nearest == null
                                ? "remove it" + quotingHint(keys, path)
                                : "did you mean `" + nearest + "`? Otherwise remove it"));
    }

    /// `example.org { }` is a group in a group, where `"example.org" { }` was meant.
    private static String quotingHint(KnownKeys keys, String path) {
        String prefix = RealmSchema.GROUP + ".";
        return keys == KnownKeys.OF_SCHEMA || path.indexOf('"') >= 0
                ? ""
                : ", or write a name with dots in quotes: %s\"%s\""
                        .formatted(prefix, path.substring(prefix.length()));
    }

    private void readValue(Setting<?> setting, ConfigValue value) {
        Origin origin = origin(value);
        if (value.valueType() == ConfigValueType.NULL) {
            return;
        }
        List<ConfigValue> parts = List.of(value);
        if (value instanceof ConfigList list && setting.isList()) {
            parts = list;
        }
        var items = new ArrayList<Item>();
        for (ConfigValue part : parts) {
            Item item = item(setting, part);
            if (item == null) {
                broken.add(setting);
                problems.add(
                        new ConfigProblem(
                                origin(part),
                                setting.path(),
                                "found " + kind(part),
                                setting.type().expected(),
                                setting.isList()
                                        ? "write a list of values: [ ... ]"
                                        : "write one value"));
            } else {
                items.add(item);
            }
        }
        if (setting.isList() || !items.isEmpty()) {
            put(setting, items, origin);
        }
    }

    private @Nullable Item item(Setting<?> setting, ConfigValue value) {
        Origin origin = origin(value);
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> Item.of(String.valueOf(value.unwrapped()), origin);
            case OBJECT ->
                    setting.type().equals(AuthSchema.USERS.type())
                                    || setting.equals(OAuthSchema.KEYS)
                            ? objectItem((ConfigObject) value)
                            : null;
            case LIST, NULL -> null;
        };
    }

    private Item objectItem(ConfigObject object) {
        Map<String, String> fields = new HashMap<>();
        object.forEach((name, value) -> fields.put(name, String.valueOf(value.unwrapped())));
        return new Item("", fields, origin(object));
    }

    private void put(Setting<?> setting, List<Item> items, Origin origin) {
        values.put(setting.path(), new Raw(items, origin));
    }

    private Origin origin(ConfigValue value) {
        ConfigOrigin origin = value.origin();
        String file = origin.filename();
        boolean main =
                file == null || Path.of(file).equals(Path.of(displayedFile).toAbsolutePath());
        return Origin.file(main ? displayedFile : file, origin.lineNumber());
    }

    private static String kind(ConfigValue value) {
        return switch (value.valueType()) {
            case LIST -> "a list";
            case OBJECT -> "a group of keys";
            default -> "nothing";
        };
    }
}
