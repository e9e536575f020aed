package org.turnd.server.config;

/// One mistake in the configuration, with all that is needed to mend it.
///
/// @param origin where it stands, or the file where it is missing
/// @param key the path of the key, empty when it is about the file as a whole
/// @param found what stands there; never a secret
/// @param expected what could stand there
/// @param fix what to do
/// @param mayPass it depends on the machine or its network, and may be over without a change of the
///   configuration
public record ConfigProblem(
        Origin origin, String key, String found, String expected, String fix, boolean mayPass) {
    /// A mistake that stays until somebody mends it.
    public ConfigProblem(Origin origin, String key, String found, String expected, String fix) {
        this(origin, key, found, expected, fix, false);
    }

    /// Three lines: place and key with what was found, what was expected, what to do.
    @Override
    public String toString() {
        return "%s: %s\n    expected: %s\n    fix: %s"
                .formatted(origin, key.isEmpty() ? found : key + ": " + found, expected, fix);
    }
}
