package org.turnd.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.JwtSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;

/// Users that show a signed JSON Web Token (RFC 7519) as their name. The token says who may
/// allocate until when; the issuer's public keys tell whether it is authentic. Everybody on the way
/// can read a user name, so the token proves nothing by itself: the password is made of it with a
/// secret that the application shares with this server.
///
/// Its failures are all of one user: what clients send as `kid` must not be able to keep it from
/// being asked.
final class JwtStore implements UserStore {
    /// A longer JWK Set is none.
    static final int KEYS_BYTES_MAX = 256 << 10;

    /// How long keys are good without being fetched again.
    static final Duration KEYS_KEPT = Duration.ofMinutes(5);

    /// How often keys are fetched at most, because a token names one that isn't there.
    static final Duration FETCH_PAUSE = Duration.ofSeconds(10);

    // Signatures alone: with a MAC, or nothing, whoever knows a public key could make tokens.
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.PS256);

    private static final int CLOCK_SKEW_SECONDS = 5;
    private static final int OK = 200;
    private static final String HMAC = "HmacSHA256";

    private final StoreHttp http;
    private final Secret secret;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /// @param tls whom the certificate of the keys' server must be from
    JwtStore(JwtSettings settings, Bounds bounds, SSLContext tls) throws StoreFailure {
        http = new StoreHttp(name(), bounds.timeout(), tls);
        secret = settings.secret();
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(url(settings.keys()), this::fetch)
                        .cache(KEYS_KEPT.toMillis(), bounds.timeout().toMillis())
                        .refreshAheadCache(false)
                        .rateLimited(FETCH_PAUSE.toMillis())
                        .build();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        var claims =
                new DefaultJWTClaimsVerifier<SecurityContext>(
                        settings.audience(),
                        new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                        Set.of("exp"));
        claims.setMaxClockSkew(CLOCK_SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
    }

    private static URL url(URI uri) throws StoreFailure {
        try {
            return uri.toURL();
        } catch (MalformedURLException e) {
            throw new StoreFailure("auth.stores.jwt.keys: " + e.getMessage(), e);
        }
    }

    private Resource fetch(URL url) throws IOException {
        if (url.getProtocol().equals("file")) {
            try (InputStream in = Files.newInputStream(Path.of(URI.create(url.toString())))) {
                byte[] text = in.readNBytes(KEYS_BYTES_MAX);
                return new Resource(new String(text, StandardCharsets.UTF_8), "application/json");
            }
        }
        try {
            HttpResponse<byte[]> answer =
                    http.send(HttpRequest.newBuilder(URI.create(url.toString())), KEYS_BYTES_MAX);
            if (answer.statusCode() != OK) {
                throw new IOException("the keys' server answered " + answer.statusCode());
            }
            return new Resource(
                    new String(answer.body(), StandardCharsets.UTF_8), "application/json");
        } catch (StoreFailure e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "jwt";
    }

    @Override
    public @Nullable StoredUser find(String username, String realm) throws StoreFailure {
        try {
            // No time is lost with names that are no tokens.
            SignedJWT token = SignedJWT.parse(username);
            JWTClaimsSet claims = processor.process(token, null);
            return StoredUser.ofPassword(username, realm, password(username))
                    .until(claims.getExpirationTime().toInstant());
        } catch (ParseException | BadJOSEException e) {
            return null;
        } catch (KeySourceException e) {
            throw StoreFailure.ofOneUser("jwt: the issuer's keys can't be had: " + e.getMessage());
        } catch (JOSEException e) {
            throw StoreFailure.ofOneUser("jwt: a token can't be checked: " + e.getMessage());
        }
    }

    /// Base64url of HMAC-SHA256 over the token, without padding.
    private String password(String token) throws StoreFailure {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), HMAC));
            byte[] code = mac.doFinal(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
        } catch (GeneralSecurityException e) {
            throw new StoreFailure("jwt: passwords can't be made", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
