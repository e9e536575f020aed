package org.turnd.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.stun.TransportAddress;

/// Puts the admin API's settings together, and finds what would leave it open or of no use.
final class AdminAssembly {
    private final SettingsReader reader;
    private final List<String> warnings;

    AdminAssembly(SettingsReader reader, List<String> warnings) {
        this.reader = reader;
        this.warnings = warnings;
    }

    /// Returns null where there shall be no admin API.
    @Nullable AdminSettings assemble(Auth auth) {
        List<AdminSchema.Place> places = reader.list(AdminSchema.LISTEN);
        List<TransportAddress> addresses =
                places.stream().map(AdminSchema.Place::address).filter(Objects::nonNull).toList();
        List<Path> sockets =
                places.stream().map(AdminSchema.Place::socket).filter(Objects::nonNull).toList();
        var settings =
                new AdminSettings(
                        addresses,
                        sockets.isEmpty() ? null : sockets.getFirst(),
                        reader.given(AdminSchema.TOKEN),
                        reader.list(AdminSchema.APPLICATION_TOKENS),
                        reader.list(AdminSchema.CORS_ORIGINS),
                        reader.list(AdminSchema.HOSTS),
                        reader.list(AdminSchema.ICE_URLS),
                        reader.value(AdminSchema.CREDENTIALS_TTL),
                        reader.value(AdminSchema.CREDENTIALS_TTL_MAX),
                        reader.value(AdminSchema.CREDENTIALS_PER_MINUTE));
        check(settings, sockets.size(), auth);
        return places.isEmpty() ? null : settings;
    }

    private void check(AdminSettings settings, int sockets, Auth auth) {
        if (sockets > 1) {
            reader.addProblem(
                    AdminSchema.LISTEN,
                    "there are " + sockets + " Unix sockets",
                    "one at most",
                    "remove the others");
        }
        if (!settings.addresses().isEmpty()
                && settings.token() == null
                && reader.isGood(AdminSchema.TOKEN)) {
            reader.addProblem(
                    AdminSchema.LISTEN,
                    "everybody on this machine could use the admin API",
                    "admin.token, where it listens at an address",
                    "set admin.token or %s, or listen at a Unix socket only"
                            .formatted(AdminSchema.TOKEN.variable() + Setting.FILE_SUFFIX));
        }
        Secret token = settings.token();
        if (token != null && settings.applicationTokens().contains(token)) {
            reader.addProblem(
                    AdminSchema.APPLICATION_TOKENS,
                    "one of them is admin.token",
                    "tokens of their own",
                    "give the application another one");
        }
        if (!settings.applicationTokens().isEmpty()
                && auth.secrets().isEmpty()
                && reader.isGood(AuthSchema.SECRET)) {
            reader.addProblem(
                    AdminSchema.APPLICATION_TOKENS,
                    "there is no auth.secret to make credentials with",
                    "it together with auth.secret",
                    "set auth.secret, or remove this key");
        }
        Duration max = settings.credentialsTtlMax();
        if (settings.credentialsTtl().compareTo(max) > 0
                && reader.isGood(AdminSchema.CREDENTIALS_TTL, AdminSchema.CREDENTIALS_TTL_MAX)) {
            reader.addProblem(
                    reader.isGiven(AdminSchema.CREDENTIALS_TTL)
                            ? AdminSchema.CREDENTIALS_TTL
                            : AdminSchema.CREDENTIALS_TTL_MAX,
                    "credentials last longer than they may",
                    "admin.credentials-ttl up to admin.credentials-ttl-max",
                    "change one of them");
        }
        if (settings.corsOrigins().stream().anyMatch(origin -> origin.startsWith("http:"))) {
            warnings.add(
                    "admin.cors-origins has http: origins: whoever is between can read the"
                            + " credentials");
        }
    }
}
