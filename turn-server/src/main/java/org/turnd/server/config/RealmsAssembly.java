package org.turnd.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.TransportAddress;

/// Puts together the realms beside the default one, and finds what makes two of them one, or leaves
/// one without clients or users.
final class RealmsAssembly {
    /// Realms at most: each has its own state on every shard.
    static final int REALMS_MAX = 1000;

    private final SettingsReader reader;
    private final RawValues raw;
    private final List<ConfigProblem> problems;

    RealmsAssembly(SettingsReader reader, RawValues raw, List<ConfigProblem> problems) {
        this.reader = reader;
        this.raw = raw;
        this.problems = problems;
    }

    /// @param defaultRealm the name that none of them may have
    /// @param listeners where clients can connect
    /// @param configuration the file that relative paths begin at
    List<RealmSettings> assemble(
            String defaultRealm, List<Listener> listeners, @Nullable Path configuration) {
        var realms = new ArrayList<RealmSettings>();
        Map<String, String> names = new HashMap<>(Map.of(defaultRealm, "the default realm"));
        Map<TransportAddress, String> claimed = new HashMap<>();
        for (RealmSchema schema : raw.realms()) {
            String name = name(schema, names);
            checkListeners(schema, listeners, claimed);
            List<Secret> secrets = secrets(schema, configuration);
            List<User> users = users(schema, name);
            if (secrets.isEmpty()
                    && users.isEmpty()
                    && reader.isGood(schema.secret(), schema.secretFile(), schema.users())) {
                reader.addProblem(
                        schema.secret(),
                        "this realm has neither a secret nor a user",
                        schema.secret().type().expected(),
                        "give it a secret of its own; it has none of the top level's");
            }
            realms.add(
                    new RealmSettings(
                            name, reader.list(schema.listeners()), secrets, users, limits(schema)));
        }
        if (realms.size() > REALMS_MAX) {
            add(
                    raw.realms().getLast(),
                    "there are %d realms".formatted(realms.size()),
                    "at most " + REALMS_MAX,
                    "serve the others with another server");
        }
        return realms;
    }

    private String name(RealmSchema schema, Map<String, String> names) {
        try {
            String name = ValueTypes.realm().parse(schema.name());
            String other = names.putIfAbsent(name, schema.path());
            if (other != null) {
                add(
                        schema,
                        "the name is that of " + other,
                        "a name of its own",
                        "rename one of them; the default realm's name is `realm`");
            }
            return name;
        } catch (ValueType.Mismatch e) {
            add(schema, "found " + schema.name(), ValueTypes.realm().expected(), e.fix());
            return schema.name();
        }
    }

    private void checkListeners(
            RealmSchema schema, List<Listener> listeners, Map<TransportAddress, String> claimed) {
        for (TransportAddress address : reader.list(schema.listeners())) {
            boolean isOpen =
                    listeners.stream()
                            .map(Listener::address)
                            .anyMatch(one ->
                                    one.equals(address)
                                            || RealmSettings.isWildcardOf(one, address));
            if (!isOpen) {
                reader.addProblem(
                        schema.listeners(),
                        "nothing listens at " + address,
                        "addresses of `listeners`",
                        "add it to listeners.udp or another of `listeners`, or remove it here");
            }
            String other = claimed.putIfAbsent(address, schema.path());
            if (other != null) {
                reader.addProblem(
                        schema.listeners(),
                        address + " is claimed by " + other,
                        "a listener of one realm",
                        "remove it from one of them");
            }
        }
        if (!reader.isGiven(schema.listeners())) {
            reader.addProblem(
                    schema.listeners(),
                    "no client would ever be in this realm",
                    "addresses of `listeners`",
                    "name the listeners whose clients are in it");
        }
    }

    private List<User> users(RealmSchema schema, String name) {
        RawValues.Raw users = raw.get(schema.users());
        if (users == null) {
            return List.of();
        }
        List<User> known = new UsersReader(schema.users(), name, problems).read(users);
        if (known.size() < users.items().size()) {
            reader.setBad(schema.users());
        }
        return known;
    }

    private List<Secret> secrets(RealmSchema schema, @Nullable Path configuration) {
        var secrets = new ArrayList<>(reader.list(schema.secret()));
        Path named = reader.given(schema.secretFile());
        if (named == null) {
            return secrets;
        }
        Path file = configuration == null ? named : configuration.resolveSibling(named);
        try {
            List<String> lines =
                    Files.readString(file)
                            .lines()
                            .map(String::strip)
                            .filter(s -> !s.isEmpty())
                            .toList();
            if (lines.isEmpty()) {
                badFile(schema, "the file is empty");
            }
            for (String line : lines) {
                secrets.add(schema.secret().type().parse(line));
            }
        } catch (IOException e) {
            badFile(schema, "the file can't be read");
        } catch (ValueType.Mismatch e) {
            badFile(schema, "a secret in the file is weak");
        }
        return secrets;
    }

    private void badFile(RealmSchema schema, String found) {
        reader.setBad(schema.secretFile());
        reader.addProblem(
                schema.secretFile(),
                found,
                "a readable file with " + schema.secret().type().expected() + ", one a line",
                "check the path, and that the server's user may read it; `openssl rand -hex 32`"
                        + " makes a secret");
    }

    private RealmSettings.Limits limits(RealmSchema schema) {
        return new RealmSettings.Limits(
                reader.value(schema.allocations()).orElse(0),
                reader.value(schema.allocationsPerUser()).orElse(0),
                reader.value(schema.bandwidth()).orElse(0),
                reader.value(schema.bandwidthPerUser()).orElse(0));
    }

    private void add(RealmSchema schema, String found, String expected, String fix) {
        problems.add(new ConfigProblem(raw.originOf(schema), schema.path(), found, expected, fix));
    }
}
