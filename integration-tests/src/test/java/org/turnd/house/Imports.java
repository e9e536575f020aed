package org.turnd.house;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Who may use whom, by package (the house in `docs/architecture.md`).
final class Imports {
    private static final List<String> PURE =
            List.of(
                    "java.lang",
                    "java.util",
                    "java.nio.charset",
                    "java.nio.ByteBuffer",
                    "java.nio.ByteOrder",
                    "java.time.Duration",
                    "org.jspecify.annotations");

    /// Of our own packages, which may be named in the main code of which.
    private static final Map<String, List<String>> OURS =
            Map.ofEntries(
                    Map.entry("org.turnd.stun", List.of()),
                    Map.entry("org.turnd.server.engine", List.of("org.turnd.stun")),
                    Map.entry("org.turnd.server.config", List.of("org.turnd.stun")),
                    Map.entry("org.turnd.server.auth", below("engine", "config")),
                    Map.entry("org.turnd.server.policy", below("engine", "config")),
                    Map.entry("org.turnd.server.net", below("engine", "config", "auth", "policy")),
                    Map.entry("org.turnd.server.ops", below("engine", "config", "auth", "policy")),
                    Map.entry(
                            "org.turnd.server.admin",
                            List.of("org.turnd.server", "org.turnd.stun")),
                    Map.entry(
                            "org.turnd.server",
                            below("engine", "config", "auth", "policy", "net", "ops")),
                    Map.entry("org.turnd.cli", List.of("org.turnd.server", "org.turnd.stun")),
                    Map.entry("org.turnd.peers", List.of("org.turnd")));

    /// What else the pure packages may name: no socket, clock, thread or logger.
    private static final Map<String, List<String>> OTHERS =
            Map.of(
                    "org.turnd.stun",
                    List.of(
                            "java",
                            "javax.crypto",
                            "io.netty.buffer",
                            "io.netty.util",
                            "org.jspecify"),
                    "org.turnd.server.engine",
                    Stream.concat(
                                    PURE.stream(),
                                    Stream.of("java.security", "javax.crypto", "io.netty.buffer"))
                            .toList());

    private static final List<String> IMPURE =
            List.of(
                    "java.util.concurrent",
                    "java.util.logging",
                    "java.lang.Thread",
                    "java.util.Timer");

    private Imports() {}

    /// Tells what is wrong with `name` (a qualified name of a type or member) in `from` (a
    /// package).
    static Optional<String> objection(String from, String name) {
        String room = room(from);
        if (isWithin(name, room) && room(name).equals(room)) {
            return Optional.empty();
        }
        if (isWithin(name, "org.turnd")) {
            return within(name, OURS.getOrDefault(room, List.of()))
                    ? Optional.empty()
                    : Optional.of(room + " may not use " + name);
        }
        List<String> others = OTHERS.get(room);
        if (others == null || (within(name, others) && !isImpure(room, name))) {
            return Optional.empty();
        }
        return Optional.of(room + " is pure and may not use " + name);
    }

    /// The longest package of the table that holds `name`.
    private static String room(String name) {
        return OURS.keySet().stream()
                .filter(known -> isWithin(name, known))
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .orElse(name);
    }

    private static boolean isImpure(String room, String name) {
        return room.equals("org.turnd.server.engine")
                && (within(name, IMPURE) || name.startsWith("java.security.SecureRandom"));
    }

    private static boolean within(String name, List<String> packages) {
        return packages.stream().anyMatch(one -> isWithin(name, one));
    }

    private static boolean isWithin(String name, String within) {
        return name.equals(within) || name.startsWith(within + ".");
    }

    private static List<String> below(String... rooms) {
        return Stream.concat(
                        Stream.of("org.turnd.stun"),
                        Stream.of(rooms).map(room -> "org.turnd.server." + room))
                .toList();
    }
}
