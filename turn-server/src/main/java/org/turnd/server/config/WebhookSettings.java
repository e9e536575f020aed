package org.turnd.server.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Secret;

/// A service of the operator's that is asked for users over HTTP.
///
/// @param url where questions are posted; https, or http on this machine
/// @param token sent as a bearer token, null for none
/// @param signingSecret questions are signed with it, null when they aren't
public record WebhookSettings(URI url, @Nullable Secret token, @Nullable Secret signingSecret) {}
