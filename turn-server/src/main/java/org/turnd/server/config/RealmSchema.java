package org.turnd.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.TransportAddress;

/// The keys of one realm, `realms.NAME.*`. There are as many as an operator names, so [Schema]
/// doesn't list them.
final class RealmSchema {
    static final String GROUP = "realms";

    /// With a name that stands for any, for the reference.
    static final RealmSchema ANY = new RealmSchema("NAME", GROUP + ".NAME");

    private final String name;
    private final String path;
    private final Setting<TransportAddress> listeners;
    private final Setting<Secret> secret;
    private final Setting<Path> secretFile;
    private final Setting<String> users;
    private final Setting<Optional<Integer>> allocations;
    private final Setting<Optional<Integer>> allocationsPerUser;
    private final Setting<Optional<Integer>> bandwidth;
    private final Setting<Optional<Integer>> bandwidthPerUser;

    private RealmSchema(String name, String path) {
        this.name = name;
        this.path = path;
        listeners = listeners(path);
        secret = secret(path);
        secretFile = secretFile(path);
        users = users(path);
        allocations =
                bound(
                        ".limits.allocations",
                        ValueTypes.integer(1, 1_000_000),
                        "Allocations at most at a time of all users of this realm. Clients beyond"
                                + " that get 508. `limits.allocations` bounds all realms together.");
        allocationsPerUser =
                bound(
                        ".limits.allocations-per-user",
                        ValueTypes.integer(1, 1_000_000),
                        "As `limits.allocations-per-user`, for users of this realm. `none` takes"
                                + " what stands there.");
        bandwidth =
                bound(
                        ".limits.bandwidth",
                        ValueTypes.size(1 << 10, 1 << 30),
                        "Bytes a second at most, each way, that all users of this realm relay"
                                + " together, headers included. `limits.bandwidth` bounds all realms"
                                + " together.");
        bandwidthPerUser =
                bound(
                        ".limits.bandwidth-per-user",
                        ValueTypes.size(1 << 10, 1 << 30),
                        "As `limits.bandwidth-per-user`, for users of this realm. `none` takes what"
                                + " stands there.");
    }

    private static Setting<TransportAddress> listeners(String path) {
        return Setting.list(
                path + ".listeners",
                ValueTypes.socketAddress(),
                null,
                "The listeners whose clients are in this realm, over whatever transport:"
                        + " addresses that also stand in `listeners`, or one of those that a"
                        + " wildcard there means. Clients of the others are in the default"
                        + " realm, `realm`.");
    }

    private static Setting<Secret> secret(String path) {
        return Setting.list(
                        path + ".auth.secret",
                        ValueTypes.sharedSecret(),
                        null,
                        "As `auth.secret`, for this realm. Secrets and users are never"
                                + " those of another realm, nor of the top level.")
                .secret()
                .live();
    }

    private static Setting<Path> secretFile(String path) {
        return Setting.unset(
                        path + ".auth.secret-file",
                        ValueTypes.path(),
                        "A file with further secrets of this realm, one a line. A relative"
                                + " path begins at the directory of the configuration"
                                + " file.")
                .live();
    }

    private static Setting<String> users(String path) {
        return Setting.list(
                        path + ".auth.users",
                        AuthSchema.USERS.type(),
                        null,
                        "As `auth.users`, for this realm: keys are made with its name.")
                .secret()
                .live();
    }

    private Setting<Optional<Integer>> bound(String key, ValueType<Integer> type, String doc) {
        ValueType<Optional<Integer>> orNone = ValueTypes.orWord(ValueTypes.NONE, type);
        return Setting.of(path + key, orNone, ValueTypes.NONE, doc).live();
    }

    /// The keys of a realm.
    static RealmSchema of(String name) {
        return new RealmSchema(name, GROUP + "." + Hocon.value(name));
    }

    /// The realm's name as the operator wrote it.
    String name() {
        return name;
    }

    /// The path of its group: `realms."example.org"`.
    String path() {
        return path;
    }

    Setting<TransportAddress> listeners() {
        return listeners;
    }

    Setting<Secret> secret() {
        return secret;
    }

    Setting<Path> secretFile() {
        return secretFile;
    }

    Setting<String> users() {
        return users;
    }

    Setting<Optional<Integer>> allocations() {
        return allocations;
    }

    Setting<Optional<Integer>> allocationsPerUser() {
        return allocationsPerUser;
    }

    Setting<Optional<Integer>> bandwidth() {
        return bandwidth;
    }

    Setting<Optional<Integer>> bandwidthPerUser() {
        return bandwidthPerUser;
    }

    /// All of them, in the order of the reference.
    List<Setting<?>> all() {
        return List.of(
                listeners,
                secret,
                secretFile,
                users,
                allocations,
                allocationsPerUser,
                bandwidth,
                bandwidthPerUser);
    }
}
