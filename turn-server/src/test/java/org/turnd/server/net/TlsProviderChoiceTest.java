package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.turnd.server.config.ServerSettings.TlsProvider;

class TlsProviderChoiceTest {
    private static final TlsProviderChoice.Probe MISSING = () -> "no such library";
    private static final TlsProviderChoice.Probe WORKS = () -> null;

    private static PrivateKey key(String algorithm) throws GeneralSecurityException {
        return KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    }

    @ParameterizedTest
    @CsvSource({"RSA, true", "EC, true", "Ed25519, false", "RSASSA-PSS, false"})
    void takesBoringSslWithTheKeysThatItTakes(String algorithm, boolean taken) throws Exception {
        var choice = TlsProviderChoice.of(TlsProvider.AUTO, key(algorithm), WORKS);
        assertEquals(taken, choice.isBoringSsl(), choice::reason);
    }

    @Test
    void takesTheJdkWhereBoringSslDoesNotWork() throws Exception {
        var choice = TlsProviderChoice.of(TlsProvider.AUTO, key("EC"), MISSING);
        assertEquals("jdk", choice.name());
        assertEquals("auto: BoringSSL doesn't work here: no such library", choice.reason());
    }

    @Test
    void refusesToStartWhenBoringSslIsDemandedAndDoesNotWork() throws Exception {
        PrivateKey key = key("EC");
        var failure =
                assertThrows(
                        IOException.class,
                        () -> TlsProviderChoice.of(TlsProvider.BORINGSSL, key, MISSING));
        assertEquals(
                "tls.provider = boringssl doesn't work here: no such library; auto or jdk does",
                failure.getMessage());
    }

    @Test
    void doesAsConfigured() throws Exception {
        assertEquals(
                new TlsProviderChoice(true, "configured"),
                TlsProviderChoice.of(TlsProvider.BORINGSSL, key("EC"), WORKS));
        assertEquals(
                new TlsProviderChoice(false, "configured"),
                TlsProviderChoice.of(TlsProvider.JDK, key("Ed25519"), MISSING));
    }
}
