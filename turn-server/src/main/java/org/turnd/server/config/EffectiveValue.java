package org.turnd.server.config;

/// A value as it takes effect.
///
/// @param key the path of the key
/// @param text in HOCON, secrets replaced
/// @param origin where it comes from
public record EffectiveValue(String key, String text, Origin origin) {}
