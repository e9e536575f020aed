package org.turnd.server.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate that signs itself, made by OpenSSL.
public record TestCertificate(Path certificate, Path key, Path store) {
    private static final char[] PASSWORD = "password".toCharArray();

    /// Makes one for 127.0.0.1.
    public static TestCertificate in(Path directory) throws IOException, InterruptedException {
        return of("IP:127.0.0.1", directory);
    }

    /// Makes one for this subject alternative name.
    public static TestCertificate of(String name, Path directory)
            throws IOException, InterruptedException {
        Path certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        Path store = directory.resolve("store.p12");
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=store",
                "-addext",
                "subjectAltName=" + name,
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString());
        run(
                "openssl",
                "pkcs12",
                "-export",
                "-in",
                certificate.toString(),
                "-inkey",
                key.toString(),
                "-out",
                store.toString(),
                "-passout",
                "pass:password");
        return new TestCertificate(certificate, key, store);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }

    /// What a server of it needs.
    public SSLContext server() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /// What a client needs that trusts it and nothing else.
    public SSLContext client() throws StoreFailure {
        return StoreTls.context(certificate);
    }
}
