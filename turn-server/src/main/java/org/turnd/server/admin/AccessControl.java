package org.turnd.server.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.TransportAddress;

/// Who may send which request.
///
/// A right token always works. Whoever shows wrong ones gets 429 after a few, which tells no more
/// than 401 does; that nobody guesses a token is because a weak one is no valid setting.
final class AccessControl {
    static final int WRONG_TOKENS_PER_MINUTE = 10;

    private static final String SCHEME = "bearer ";

    private final byte @Nullable [] token;
    private final List<byte[]> applicationTokens = new ArrayList<>();
    private final Set<String> hosts = new HashSet<>();
    private final Set<String> origins;
    private final LongSupplier nanoClock;
    private final MinuteAllowance wrongTokens;

    AccessControl(AdminSettings settings, LongSupplier nanoClock) {
        Secret own = settings.token();
        token = own == null ? null : digest(own.value());
        settings.applicationTokens().forEach(one -> applicationTokens.add(digest(one.value())));
        hosts.add("localhost");
        hosts.addAll(settings.hosts());
        for (TransportAddress address : settings.addresses()) {
            hosts.add(address.isIpv4() ? address.host() : "[" + address.host() + "]");
        }
        origins = Set.copyOf(settings.corsOrigins());
        this.nanoClock = nanoClock;
        wrongTokens = new MinuteAllowance(WRONG_TOKENS_PER_MINUTE, nanoClock.getAsLong());
    }

    /// Refuses a request that a browser may have been tricked into sending (DNS rebinding).
    void checkHost(HttpHeaders headers) throws ApiProblem {
        List<String> named = headers.getAll(HttpHeaderNames.HOST);
        if (named.size() != 1) {
            throw new ApiProblem(400, "a request has one Host");
        }
        String host = named.getFirst().toLowerCase(Locale.ROOT).replaceFirst(":\\d{1,5}$", "");
        if (!hosts.contains(host)) {
            throw new ApiProblem(421, "this is not the admin API of that host; see admin.hosts");
        }
    }

    /// Returns the page that sent a request, null when it was no page.
    ///
    /// @throws ApiProblem when that page may not
    @Nullable String checkOrigin(HttpHeaders headers, String path) throws ApiProblem {
        List<String> named = headers.getAll(HttpHeaderNames.ORIGIN);
        if (named.isEmpty()) {
            return null;
        }
        String origin = named.getFirst();
        if (named.size() > 1 || !origins.contains(origin) || !path.equals(CredentialRoutes.PATH)) {
            throw new ApiProblem(403, "pages of this origin may not ask this");
        }
        return origin;
    }

    /// Says whether a request only asks what a page may send.
    static boolean isPreflight(HttpMethod method, HttpHeaders headers) {
        return method.equals(HttpMethod.OPTIONS)
                && headers.contains(HttpHeaderNames.ORIGIN)
                && headers.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /// Says by its token who sent a request.
    ///
    /// @throws ApiProblem when the token is nobody's
    Access identify(HttpHeaders headers) throws ApiProblem {
        List<String> shown = headers.getAll(HttpHeaderNames.AUTHORIZATION);
        if (shown.isEmpty()) {
            return new Access.Nobody();
        }
        String text = shown.getFirst();
        if (shown.size() == 1 && text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            Access access = holder(digest(text.substring(SCHEME.length()).strip()));
            if (access != null) {
                return access;
            }
        }
        if (!wrongTokens.take(nanoClock.getAsLong())) {
            throw new ApiProblem(429, "too many wrong tokens");
        }
        throw new ApiProblem(401, "this token is not one of this server's");
    }

    /// Every token is compared, in constant time.
    private @Nullable Access holder(byte[] shown) {
        Access found =
                token != null && MessageDigest.isEqual(token, shown) ? new Access.Operator() : null;
        for (int i = 0; i < applicationTokens.size(); i++) {
            if (MessageDigest.isEqual(applicationTokens.get(i), shown) && found == null) {
                found = new Access.Application(i);
            }
        }
        return found;
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
