package org.turnd.browsers;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchPersistentContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route.FulfillOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.turnd.peers.lab.HostCommand;
import org.turnd.peers.lab.Namespace;

/// A Chromium of its own on one host of the laboratory, with one page that can hold one side of a
/// call. Playwright speaks to it through a pipe, which does not care for network namespaces.
///
/// Use from the thread that made the [Playwright].
final class BrowserPeer implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path CERTUTIL = Path.of("/usr/bin/certutil");
    private static final Path NODE =
            Path.of(System.getenv().getOrDefault("PLAYWRIGHT_NODEJS_PATH", "/usr/bin/node"));
    private static final String NODE_20 =
            "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)";
    private static final String PAGE = "http://localhost/call";
    private static final List<String> ARGUMENTS =
            List.of(
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--use-fake-device-for-media-stream",
                    "--use-fake-ui-for-media-stream",
                    "--autoplay-policy=no-user-gesture-required");

    private final BrowserContext context;
    private final Page page;

    private BrowserPeer(BrowserContext context, Page page) {
        this.context = context;
        this.page = page;
    }

    /// Says why no browser can be started here.
    ///
    /// @return what is missing; empty if nothing is
    static String obstacle() {
        if (!Files.isExecutable(CHROMIUM) || !Files.isExecutable(CERTUTIL)) {
            return "needs the packages chromium and libnss3-tools";
        }
        if (!Files.isExecutable(NODE)
                || HostCommand.attempt(List.of(NODE.toString(), "-e", NODE_20), "").exitCode()
                        != 0) {
            return "needs Node.js 20 or later, at "
                    + NODE
                    + " or where PLAYWRIGHT_NODEJS_PATH says";
        }
        return "";
    }

    /// Starts what drives the browsers.
    ///
    /// @return to be closed
    static Playwright driver() {
        return Playwright.create(
                new Playwright.CreateOptions()
                        .setEnv(
                                Map.of(
                                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                                        "1",
                                        "PLAYWRIGHT_NODEJS_PATH",
                                        NODE.toString())));
    }

    /// Starts a browser with an empty profile.
    ///
    /// @param playwright starts it
    /// @param host where the browser runs
    /// @param home an empty directory, the browser's HOME
    /// @param trusted a PEM file with the authority that the browser is to trust
    /// @return the browser, to be closed
    static BrowserPeer open(Playwright playwright, Namespace host, Path home, Path trusted) {
        trust(home, trusted);
        var environment = new HashMap<>(System.getenv());
        environment.put("HOME", home.toString());
        environment.put("XDG_RUNTIME_DIR", home.toString());
        var context =
                playwright
                        .chromium()
                        .launchPersistentContext(
                                home.resolve("profile"),
                                new LaunchPersistentContextOptions()
                                        .setExecutablePath(launcher(host, home))
                                        .setHeadless(true)
                                        .setChromiumSandbox(false)
                                        .setArgs(ARGUMENTS)
                                        .setEnv(environment));
        // The page needs no server: camera and microphone are open to http://localhost.
        context.route(
                "**/*",
                route ->
                        route.fulfill(
                                new FulfillOptions()
                                        .setContentType("text/html")
                                        .setBody("<!doctype html><title>call</title>")));
        context.addInitScript(script());
        return new BrowserPeer(context, context.pages().getFirst());
    }

    /// Makes a new connection on a fresh page, with camera and microphone.
    ///
    /// @param configuration an `RTCConfiguration`
    /// @param offers this side makes the offer
    void start(Map<String, Object> configuration, boolean offers) {
        page.navigate(PAGE);
        page.evaluate(
                "([configuration, offers]) => turndCall.start(configuration, offers)",
                List.of(configuration, offers));
    }

    /// Carries descriptions and candidates that have appeared here to the other side.
    ///
    /// @param other the other side
    void signalTo(BrowserPeer other) {
        if (page.evaluate("() => turndCall.takeOutbox()") instanceof List<?> messages
                && !messages.isEmpty()) {
            other.page.evaluate("(messages) => turndCall.deliver(messages)", messages);
        }
    }

    /// Tells how the call stands.
    ///
    /// @return now
    CallReport report() {
        return CallReport.of(page.evaluate("() => turndCall.report()"));
    }

    /// Lets time pass while the browser goes on.
    void pause() {
        page.waitForTimeout(100);
    }

    @Override
    public void close() {
        context.close();
    }

    /// Chromium on Linux trusts what the certificate database of the user does.
    private static void trust(Path home, Path authority) {
        var database = "sql:" + home.resolve(".pki/nssdb");
        try {
            Files.createDirectories(home.resolve(".pki/nssdb"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HostCommand.run(List.of(CERTUTIL.toString(), "-d", database, "-N", "--empty-password"));
        HostCommand.run(
                List.of(
                        "certutil",
                        "-d",
                        database,
                        "-A",
                        "-t",
                        "C,,",
                        "-n",
                        "authority",
                        "-i",
                        authority.toString()));
    }

    private static Path launcher(Namespace host, Path home) {
        var file = home.resolve("chromium-there");
        var command = String.join(" ", host.wrapped(List.of(CHROMIUM.toString())));
        try {
            Files.writeString(file, "#!/bin/sh\nexec " + command + " \"$@\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private static String script() {
        try (var stream = BrowserPeer.class.getResourceAsStream("call.js")) {
            if (stream == null) {
                throw new IllegalStateException("call.js is not beside BrowserPeer");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
