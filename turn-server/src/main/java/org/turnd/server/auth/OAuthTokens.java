package org.turnd.server.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.OAuthSettings;
import org.turnd.server.config.OAuthSettings.SharedKey;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.engine.AccessTokens;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.Octets;
import org.turnd.stun.SelfContainedToken;

/// Tokens of an authorization server that shares keys with this one (RFC 7635). Several keys may be
/// live, so that they can be replaced one after the other (O-09). Safe on every thread.
public final class OAuthTokens implements AccessTokens {
    /// Opened tokens that are remembered at most. A client brings its token again with every
    /// Refresh.
    static final int CACHED_MAX = 4096;

    /// A token with the longest session key, in base64, is not longer.
    private static final int TOKEN_BYTES_MAX = 256;

    // A longer life than this is cut to it; 2^62 ns are 146 years.
    private static final Duration REMAINING_MAX = Duration.ofDays(366);

    private static final int ACCOUNT_BYTES = 6;

    /// The length of a key made of a password with MD5: what coturn's client always takes.
    private static final int TRUNCATED_KEY_LENGTH = 16;

    private record Sealed(String keyId, Octets token) {}

    private record Content(SelfContainedToken token, List<IntegrityKey> sha1Keys, String account) {}

    private final String serverName;
    private final Map<String, SharedKey> keys;
    private final boolean takesTruncatedKeys;
    private final InstantSource clock;

    /// Guarded by itself. Only authentic tokens get here, so strangers can't wash it out.
    private final Map<Sealed, Content> opened =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Sealed, Content> eldest) {
                    return size() > CACHED_MAX;
                }
            };

    /// @param clock the time that tokens and keys expire by
    public OAuthTokens(OAuthSettings settings, InstantSource clock) {
        serverName = settings.serverName();
        keys =
                settings.keys().stream()
                        .collect(Collectors.toUnmodifiableMap(SharedKey::id, Function.identity()));
        takesTruncatedKeys = settings.truncatedMacKeys() == Switch.ON;
        this.clock = clock;
    }

    @Override
    public String serverName() {
        return serverName;
    }

    @Override
    public boolean vouchesFor(String keyId) {
        return keys.containsKey(keyId);
    }

    @Override
    public Opened open(String keyId, Octets token) {
        Instant now = clock.instant();
        SharedKey key = keys.get(keyId);
        if (key == null || !key.isLive(now)) {
            return new Bad(RefusalCause.UNKNOWN_KEY_ID);
        }
        Content content = content(key, token);
        if (content == null) {
            return new Bad(RefusalCause.BAD_TOKEN);
        }
        // O-04.
        Duration remaining = content.token().remaining(now);
        if (!remaining.isPositive()) {
            forget(new Sealed(keyId, token));
            return new Bad(RefusalCause.EXPIRED_TOKEN);
        }
        Duration granted = remaining.compareTo(REMAINING_MAX) < 0 ? remaining : REMAINING_MAX;
        return new Good(
                content.sha1Keys(), content.token().macKey(), granted.toNanos(), content.account());
    }

    private @Nullable Content content(SharedKey key, Octets token) {
        if (token.length() > TOKEN_BYTES_MAX) {
            return null;
        }
        var sealed = new Sealed(key.id(), token);
        synchronized (opened) {
            Content known = opened.get(sealed);
            if (known != null) {
                return known;
            }
        }
        SelfContainedToken inside = key.key().open(token, serverName);
        if (inside == null) {
            return null;
        }
        var content = new Content(inside, sha1Keys(inside), account(key, token));
        synchronized (opened) {
            opened.put(sealed, content);
        }
        return content;
    }

    private List<IntegrityKey> sha1Keys(SelfContainedToken token) {
        var sha1Keys = new ArrayList<>(token.sha1Keys());
        if (takesTruncatedKeys) {
            byte[] bytes = token.macKey().toByteArray();
            sha1Keys.add(IntegrityKey.ofBytes(Arrays.copyOf(bytes, TRUNCATED_KEY_LENGTH)));
        }
        return sha1Keys;
    }

    private void forget(Sealed sealed) {
        synchronized (opened) {
            opened.remove(sealed);
        }
    }

    int cached() {
        synchronized (opened) {
            return opened.size();
        }
    }

    /// The kid names the key, not the client, so a piece of the token's digest tells the clients
    /// apart.
    private static String account(SharedKey key, Octets token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.toByteArray());
            return key.id() + "/" + HexFormat.of().formatHex(digest, 0, ACCOUNT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
