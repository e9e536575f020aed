package org.turnd.server.config;

import java.net.URI;
import org.turnd.server.config.ServerSettings.Secret;

/// Users that show a JSON Web Token as their name.
///
/// @param keys where the issuer's public keys are, a JWK Set: an https URL, an http URL of this
///   machine or a file URL
/// @param issuer the `iss` that tokens must have
/// @param audience what must be in the `aud` of tokens
/// @param secret what passwords are made of tokens with
public record JwtSettings(URI keys, String issuer, String audience, Secret secret) {}
