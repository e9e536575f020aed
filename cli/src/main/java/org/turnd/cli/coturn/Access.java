package org.turnd.cli.coturn;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.coturn.Finding.Kind;
import org.turnd.server.config.SecretStrength;

/// Who may allocate. Whoever could with coturn and can't with turnd is named.
final class Access {
    private static final int NONCE_SECONDS = 600;
    private static final int NONCE_SECONDS_MIN = 60;
    private static final int HOUR_SECONDS = 3600;
    private static final int REALM_CHARACTERS_MAX = 127;
    private static final Pattern KEY = Pattern.compile("0x[0-9A-Fa-f]{32}");
    private static final List<String> DATABASES =
            List.of("userdb", "psql-userdb", "mysql-userdb", "mongo-userdb", "redis-userdb");

    private final Draft draft;

    Access(Draft draft) {
        this.draft = draft;
    }

    void translate() {
        realm();
        List<CoturnLine> secrets = draft.all("static-auth-secret");
        // With secrets coturn looks at no user.
        boolean hasSecrets = draft.isOn("use-auth-secret") || !secrets.isEmpty();
        boolean isAsked = isAsked(hasSecrets);
        boolean isOpen = draft.isOn("no-auth") || !isAsked;
        secrets(secrets);
        users(hasSecrets);
        boolean hasDatabase =
                !draft.isOn("no-auth") && new Databases(draft).translate(hasSecrets, isAsked);
        nonce();
        separator();
        stranger(isOpen, hasDatabase);
    }

    /// Whether the file asks for credentials at all.
    private boolean isAsked(boolean hasSecrets) {
        return hasSecrets
                || draft.isOn("lt-cred-mech")
                || !draft.all("user").isEmpty()
                || draft.isOn("oauth")
                || DATABASES.stream().anyMatch(name -> draft.last(name) != null);
    }

    private void realm() {
        CoturnLine line = draft.last("realm");
        if (line == null) {
            draft.say(
                    Kind.CHANGED,
                    null,
                    "without a realm coturn takes the host's domain, turnd takes `turnd`; keys made"
                            + " with turnadmin belong to one realm, so set `realm` where there are any");
        } else if (line.value().isEmpty()
                || line.value().length() > REALM_CHARACTERS_MAX
                || line.value().contains("\"")) {
            draft.say(Kind.LEFT_OUT, line, "a realm has 1 to 127 characters and no quotes");
        } else {
            draft.set("realm", Draft.quoted(line.value()), line);
        }
    }

    private void secrets(List<CoturnLine> lines) {
        List<String> good = new ArrayList<>();
        List<CoturnLine> from = new ArrayList<>();
        for (CoturnLine line : lines) {
            String weakness = SecretStrength.weaknessOfSecret(line.value());
            if (weakness == null) {
                good.add(line.value());
                from.add(line);
            } else {
                draft.say(
                        Kind.UNSAFE,
                        line,
                        ("it has %s, so whoever sees one message can find it; give turnd and the"
                                        + " application a new one")
                                .formatted(weakness));
            }
        }
        CoturnLine flag = draft.last("use-auth-secret");
        if (!good.isEmpty()) {
            List<CoturnLine> all = new ArrayList<>(from);
            if (flag != null) {
                all.addFirst(flag);
            }
            draft.set("auth.secret", Draft.list(good), List.copyOf(all));
        } else if (flag != null && !lines.isEmpty()) {
            draft.say(Kind.LEFT_OUT, flag, "no secret of the file is one that turnd takes");
        }
    }

    private void users(boolean hasSecrets) {
        Map<String, String> users = new LinkedHashMap<>();
        List<CoturnLine> from = new ArrayList<>();
        for (CoturnLine line : draft.all("user")) {
            int colon = line.value().indexOf(':');
            if (hasSecrets) {
                draft.say(
                        Kind.LEFT_OUT,
                        line,
                        "beside secrets coturn lets no user in; write it to `auth.users` if it"
                                + " shall get in");
            } else if (colon <= 0) {
                draft.say(Kind.LEFT_OUT, line, "there is no name with a password");
            } else {
                String name = line.value().substring(0, colon);
                String user = user(name, line.value().substring(colon + 1), line);
                if (user != null) {
                    users.put(name, user);
                    from.add(line);
                }
            }
        }
        if (!users.isEmpty()) {
            draft.set(
                    "auth.users",
                    "[\n    " + String.join("\n    ", users.values()) + "\n  ]",
                    List.copyOf(from));
        }
    }

    private @Nullable String user(String name, String password, CoturnLine line) {
        String quotedName = Draft.quoted(name);
        if (KEY.matcher(password).matches()) {
            return "{ name = %s, key = \"%s\" }"
                    .formatted(quotedName, password.substring("0x".length()));
        }
        String weakness = SecretStrength.weaknessOfPassword(password);
        if (weakness == null && password.contains(name)) {
            weakness = "the user's name in it";
        }
        if (weakness != null) {
            draft.say(
                    Kind.UNSAFE,
                    line,
                    "the password of %s has %s; give %1$s a better one in `auth.users`"
                            .formatted(name, weakness));
            return null;
        }
        return "{ name = %s, password = %s }".formatted(quotedName, Draft.quoted(password));
    }

    private void nonce() {
        CoturnLine line = draft.last("stale-nonce");
        if (line == null) {
            return;
        }
        long seconds = Numbers.of(line.value(), NONCE_SECONDS);
        long wanted = seconds == 0 ? HOUR_SECONDS : seconds;
        long taken = Math.clamp(wanted, NONCE_SECONDS_MIN, HOUR_SECONDS);
        if (seconds != taken) {
            draft.say(Kind.CHANGED, line, "a NONCE is good for a minute up to an hour");
        }
        draft.set("auth.nonce-lifetime", taken + "s", line);
    }

    private void separator() {
        CoturnLine line = draft.last("rest-api-separator");
        if (line == null) {
            return;
        }
        if (line.value().length() == 1 && !Character.isDigit(line.value().charAt(0))) {
            draft.set("auth.username-separator", Draft.quoted(line.value()), line);
        } else {
            draft.say(Kind.LEFT_OUT, line, "a separator is one character and no digit");
        }
    }

    /// turnd doesn't start without anybody who may allocate. A secret that nobody knows is as good
    /// as nobody.
    private void stranger(boolean isOpen, boolean hasDatabase) {
        if (isOpen) {
            draft.say(
                    Kind.UNSAFE,
                    draft.last("no-auth"),
                    "coturn relays for everybody with this file; turnd for nobody without"
                            + " credentials");
        }
        boolean hasSomebody =
                draft.value("auth.secret") != null || draft.value("auth.users") != null;
        if (!hasSomebody && !hasDatabase) {
            draft.set("auth.secret", Draft.list(List.of(SecretStrength.fresh(new SecureRandom()))));
            draft.say(
                    Kind.CHANGED,
                    null,
                    "nobody of the file can log in, so `auth.secret` has a fresh secret: share it"
                            + " with the application, or write users to `auth.users`");
        }
    }
}
