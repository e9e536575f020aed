package org.turnd.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.server.config.JwtSettings;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.StoresSettings.Bounds;
import org.turnd.stun.IntegrityKey;

/// Tokens as user names, with keys from a real web server.
@Timeout(60)
class JwtStoreTest {
    private static final String REALM = "example.org";
    private static final String ISSUER = "https://login.example.org";
    private static final String AUDIENCE = "turn.example.org";
    private static final String SECRET = "k3Jz8vQ1xW5nB7mT2rYp";

    private final ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("ec1").generate();
    private final Instant end = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);

    JwtStoreTest() throws JOSEException {}

    private static JwtStore store(URI keys) throws StoreFailure {
        var settings = new JwtSettings(keys, ISSUER, AUDIENCE, new Secret(SECRET));
        return new JwtStore(settings, Bounds.USUAL, StoreTls.context(null));
    }

    private static void publish(WebService service, JWK... keys) {
        String set = new JWKSet(List.of(keys)).toString();
        service.answer = exchange -> WebService.send(exchange, 200, set);
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("alice")
                .expirationTime(Date.from(end));
    }

    private static String token(
            JWSAlgorithm algorithm, @Nullable String kid, JWSSigner signer, JWTClaimsSet claims)
            throws JOSEException {
        var token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(kid).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    private String token(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
        return token(
                JWSAlgorithm.ES256, "ec1", new ECDSASigner(ec), change.apply(claims()).build());
    }

    private static String password(String token) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(token.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void knowsWhoShowsAGoodTokenAndThePasswordMadeOfIt() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa1").generate();
        try (var service = new WebService(null);
                var store = store(service.url("/jwks.json"))) {
            publish(service, ec.toPublicJWK(), rsa.toPublicJWK());
            String byEc = token(claims -> claims);
            assertTrue(byEc.length() <= 508, () -> byEc.length() + " bytes");
            String byRsa =
                    token(JWSAlgorithm.RS256, "rsa1", new RSASSASigner(rsa), claims().build());
            for (String token : List.of(byEc, byRsa)) {
                StoredUser user = store.find(token, REALM);
                assertNotNull(user);
                assertEquals(end, user.validUntil());
                assertEquals(
                        List.of(IntegrityKey.md5(token, REALM, password(token))), user.md5Keys());
            }
        }
    }

    @Test
    void knowsNobodyWithAnotherToken() throws Exception {
        ECKey strange = new ECKeyGenerator(Curve.P_256).keyID("ec1").generate();
        try (var service = new WebService(null);
                var store = store(service.url("/jwks.json"))) {
            publish(service, ec.toPublicJWK());
            Instant now = Instant.now();
            String good = token(claims -> claims);
            byte[] publicKey = ec.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
            for (String bad :
                    List.of(
                            token(claims -> claims.issuer("https://evil.example")),
                            token(claims -> claims.audience("mail.example.org")),
                            token(claims -> claims.audience((String) null)),
                            token(claims -> claims.expirationTime(null)),
                            token(claims -> claims.expirationTime(Date.from(now.minusSeconds(60)))),
                            token(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(60)))),
                            token(
                                    JWSAlgorithm.ES256,
                                    "ec1",
                                    new ECDSASigner(strange),
                                    claims().build()),
                            new PlainJWT(claims().build()).serialize(),
                            // The public key taken for the secret of a MAC.
                            token(
                                    JWSAlgorithm.HS256,
                                    "ec1",
                                    new MACSigner(publicKey),
                                    claims().build()),
                            good.substring(0, good.length() - 4) + "AAAA",
                            good.substring(0, good.lastIndexOf('.') + 1),
                            "alice",
                            "a.b.c",
                            "eyJ..",
                            "1900000000:alice")) {
                assertNull(store.find(bad, REALM), bad);
            }
        }
    }

    @Test
    void findsNewKeysAndFetchesNoOftenerForKeysThatAreNot() throws Exception {
        ECKey next = new ECKeyGenerator(Curve.P_256).keyID("ec2").generate();
        var fetched = new AtomicInteger();
        try (var service = new WebService(null);
                var store = store(service.url("/jwks.json"))) {
            String both = new JWKSet(List.of(ec.toPublicJWK(), next.toPublicJWK())).toString();
            String first = new JWKSet(List.of(ec.toPublicJWK())).toString();
            service.answer =
                    exchange ->
                            WebService.send(
                                    exchange, 200, fetched.incrementAndGet() == 1 ? first : both);
            assertNotNull(store.find(token(claims -> claims), REALM));
            assertNotNull(
                    store.find(
                            token(
                                    JWSAlgorithm.ES256,
                                    "ec2",
                                    new ECDSASigner(next),
                                    claims().build()),
                            REALM));
            int before = fetched.get();
            for (int i = 0; i < 20; i++) {
                String unknown =
                        token(
                                JWSAlgorithm.ES256,
                                "none" + i,
                                new ECDSASigner(ec),
                                claims().build());
                StoreFailure rest =
                        assertThrows(StoreFailure.class, () -> store.find(unknown, REALM));
                assertTrue(rest.isOfOneUser(), "others must still be let in");
            }
            assertEquals(before, fetched.get());
            assertNotNull(store.find(token(claims -> claims.subject("bob")), REALM));
        }
    }

    @Test
    void letsNobodyInWithoutKeysAndGoesOnWithThoseItHas() throws Exception {
        var service = new WebService(null);
        try (var store = store(service.url("/jwks.json"));
                var empty = store(service.url("/jwks.json"))) {
            publish(service, ec.toPublicJWK());
            assertNotNull(store.find(token(claims -> claims), REALM));
            service.close();
            assertNotNull(store.find(token(claims -> claims.subject("bob")), REALM));
            assertThrows(StoreFailure.class, () -> empty.find(token(claims -> claims), REALM));
        } finally {
            service.close();
        }
    }

    @Test
    void followsNoRedirectAndReadsNoEndlessKeySet() throws Exception {
        try (var service = new WebService(null);
                var redirected = store(service.url("/jwks.json"));
                var endless = store(service.url("/endless"))) {
            String set = new JWKSet(List.of(ec.toPublicJWK())).toString();
            service.answer =
                    exchange -> {
                        switch (exchange.getRequestURI().getPath()) {
                            case "/jwks.json" -> {
                                exchange.getResponseHeaders().add("Location", "/elsewhere");
                                WebService.send(exchange, 302, "");
                            }
                            case "/endless" ->
                                    WebService.send(
                                            exchange,
                                            200,
                                            set + " ".repeat(JwtStore.KEYS_BYTES_MAX));
                            default -> WebService.send(exchange, 200, set);
                        }
                    };
            assertThrows(StoreFailure.class, () -> redirected.find(token(claims -> claims), REALM));
            assertThrows(StoreFailure.class, () -> endless.find(token(claims -> claims), REALM));
        }
    }

    @Test
    void readsKeysFromAFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("keys.json");
        Files.writeString(file, new JWKSet(List.of(ec.toPublicJWK())).toString());
        try (var store = store(file.toUri())) {
            assertNotNull(store.find(token(claims -> claims), REALM));
        }
    }
}
