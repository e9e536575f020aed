package org.turnd.server.net;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Tls;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.server.net.TlsMaterial.InvalidTlsMaterial;

class TlsMaterialTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private Path chain() {
        return directory.resolve("chain.pem");
    }

    private Path key() {
        return directory.resolve("key.pem");
    }

    private Tls files(@Nullable String password) {
        return files(password, TlsProvider.AUTO);
    }

    private Tls files(@Nullable String password, TlsProvider provider) {
        return new Tls(chain(), key(), password == null ? null : new Secret(password), provider);
    }

    private List<String> problems(@Nullable String password) {
        return assertThrows(InvalidTlsMaterial.class, () -> TlsMaterial.read(files(password)))
                .problems();
    }

    @ParameterizedTest
    @EnumSource
    void servesWithKeysOfEveryForm(KeyForm form) throws Exception {
        serves(form, TlsProvider.AUTO);
    }

    @ParameterizedTest
    @EnumSource
    void servesWithKeysOfEveryFormOnTheJdk(KeyForm form) throws Exception {
        serves(form, TlsProvider.JDK);
    }

    private void serves(KeyForm form, TlsProvider provider) throws Exception {
        form.write(chain(), key());
        var settings =
                new TestSettings()
                        .shards(1)
                        .tls(files(form.isEncrypted() ? KeyForm.PASSWORD : null, provider))
                        .listen(Protocol.TLS, "127.0.0.1", 0);
        try (var server = settings.start()) {
            boolean isBoringSsl = provider == TlsProvider.AUTO && !form.name().startsWith("ED");
            assertEquals(isBoringSsl, requireNonNull(server.tlsProvider()).isBoringSsl());
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (var socket =
                                TestTls.connect(
                                        TestTls.trusting(chain()),
                                        server.listeners().getFirst().address(),
                                        version);
                        var client = new TestClient(Wire.over(socket))) {
                    assertEquals(client.wire().local(), client.binding());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "RSA_PKCS1_ENCRYPTED",
                "RSA_PKCS8_ENCRYPTED",
                "EC_SEC1_ENCRYPTED",
                "ED25519_PKCS8_ENCRYPTED"
            })
    void saysThatThePasswordIsMissingOrWrong(KeyForm form) throws Exception {
        form.write(chain(), key());
        assertEquals(List.of(key() + ": the key is encrypted; give its password"), problems(null));
        List<String> wrong = problems("sesame");
        assertEquals(1, wrong.size());
        String expected = key() + ": the key can't be decrypted; is the password right?";
        assertEquals(expected, wrong.getFirst().substring(0, expected.length()));
    }

    @Test
    void namesEveryFileThatIsMissing() {
        assertEquals(
                List.of(chain() + ": there is no such file", key() + ": there is no such file"),
                problems(null));
    }

    @Test
    void saysWhatItExpectsInFilesThatHoldSomethingElse() throws Exception {
        KeyForm.EC_PKCS8.write(key(), chain());
        List<String> swapped = problems(null);
        assertEquals(2, swapped.size());
        String noCertificate = chain() + ": no certificate found";
        String noKey = key() + ": no private key found";
        assertEquals(noCertificate, swapped.get(0).substring(0, noCertificate.length()));
        assertEquals(noKey, swapped.get(1).substring(0, noKey.length()));
    }

    @Test
    void saysThatAFileIsDamaged() throws Exception {
        KeyForm.EC_PKCS8.write(chain(), key());
        Files.writeString(key(), Files.readString(key()).replaceFirst("\nM", "\nAAAA"));
        Files.writeString(chain(), Files.readString(chain()).replaceFirst("\nM", "\nAAAA"));
        List<String> damaged = problems(null);
        assertEquals(2, damaged.size());
        assertEquals(chain().toString(), damaged.get(0).split(": ", -1)[0]);
        assertEquals(key().toString(), damaged.get(1).split(": ", -1)[0]);
    }

    @ParameterizedTest
    @EnumSource(names = {"RSA_PKCS1", "EC_SEC1", "ED25519_PKCS8"})
    void refusesAKeyThatBelongsToAnotherCertificate(KeyForm form) throws Exception {
        form.write(chain(), key());
        form.write(directory.resolve("other.pem"), key());
        assertEquals(
                List.of(
                        key()
                                + ": this is not the private key of the first certificate in "
                                + chain()),
                problems(null));
    }

    @Test
    void keepsTheKeyOfASelfSignedCertificateFromOtherUsers() throws Exception {
        var tls = new TestTls(directory, TlsProvider.AUTO).material();
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.privateKey())));
        assertEquals(1, TlsMaterial.read(tls).certificates().size());
    }
}
