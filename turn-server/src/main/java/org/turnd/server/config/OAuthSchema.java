package org.turnd.server.config;

import org.turnd.server.config.ServerSettings.Switch;

/// The keys of third-party authorization, `oauth.*`. [Schema] lists them among all others.
final class OAuthSchema {
    static final Setting<String> SERVER_NAME =
            Setting.unset(
                            "oauth.server-name",
                            ValueTypes.serverName(),
                            "With `oauth.keys`, clients may come with a token of an authorization server (RFC"
                                    + " 7635), besides or instead of the users of `auth`. This name is what"
                                    + " the server tells them, and what their tokens must be made for.")
                    .live();
    static final Setting<String> KEYS =
            Setting.list(
                            "oauth.keys",
                            ValueTypes.described(OAuthKeysReader.EXPECTED),
                            null,
                            "The keys shared with authorization servers, as `{ kid = \"2030-01\", key ="
                                    + " \"...\" }` with the key in base64 or hexadecimal, or with"
                                    + " `key-file`. Several while you replace one. `algorithm` is"
                                    + " `A256GCM`, the default, or `A128GCM`, with at least 32 or 16"
                                    + " bytes; of a longer key the first ones count. `valid-from` and"
                                    + " `valid-until` are times as `2030-01-31T00:00:00Z`. In the"
                                    + " environment: `kid:key` or `kid:key:algorithm`.")
                    .secret()
                    .live();
    static final Setting<Switch> TRUNCATED_MAC_KEYS =
            Setting.of(
                            "oauth.truncated-mac-keys",
                            ValueTypes.choice(Switch.class),
                            "off",
                            "Takes clients as well that sign with the first 16 bytes of their session key, as"
                                    + " coturn's test client does up to version 4.6. RFC 7635 wants all of it.")
                    .live();

    private OAuthSchema() {}
}
