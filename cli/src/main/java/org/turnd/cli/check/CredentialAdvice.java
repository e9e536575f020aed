package org.turnd.cli.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Guesses why a server refuses a user: a 401 does not say.
final class CredentialAdvice {
    /// `expiry:id`, or the expiry alone, in seconds since 1970 (the TURN REST scheme).
    private static final Pattern TIME_LIMITED = Pattern.compile("(\\d{9,16})(\\D.*)?");

    /// From here on a number of seconds must be one of milliseconds: the year 5138.
    private static final long MILLISECONDS_MIN = 100_000_000_000L;

    private CredentialAdvice() {}

    /// Returns what may be wrong with a refused user, most likely first.
    static List<Advice> of(LongTermCredential credential, Instant now) {
        var matcher = TIME_LIMITED.matcher(credential.username());
        return matcher.matches()
                ? ofTimeLimited(Long.parseLong(matcher.group(1)), now)
                : ofNamed(credential.username());
    }

    private static List<Advice> ofTimeLimited(long expiry, Instant now) {
        if (expiry >= MILLISECONDS_MIN) {
            return List.of(
                    new Advice(
                            "the number in the user name looks like milliseconds",
                            "the application has to write seconds since 1970:"
                                    + " Math.floor(Date.now() / 1000) + lifetime"));
        }
        var advice = new ArrayList<Advice>();
        var left = Duration.between(now, Instant.ofEpochSecond(expiry));
        if (left.isNegative()) {
            advice.add(
                    new Advice(
                            "the credentials expired "
                                    + inWords(left.negated())
                                    + " ago, at "
                                    + Instant.ofEpochSecond(expiry),
                            "make new ones: turnd credentials; if they are new, set the clock of"
                                    + " the machine that made them"));
            return advice;
        }
        advice.add(
                new Advice(
                        "the password does not belong to this user name, so the application and"
                                + " the server have different secrets",
                        "compare auth.secret of the server with the secret of the application"
                                + " that made the credentials"));
        advice.add(
                new Advice(
                        "the server's clock is more than "
                                + inWords(left)
                                + " ahead and takes them for expired",
                        "look at the server's clock: timedatectl"));
        return advice;
    }

    private static List<Advice> ofNamed(String username) {
        return List.of(
                new Advice(
                        "the server does not know the user \"" + username + "\" with this password",
                        "compare with auth.users of the server; its log says what it refused"),
                new Advice(
                        "the server takes time-limited credentials only, whose user names begin"
                                + " with a time",
                        "make some with the server's secret: turnd credentials"),
                new Advice(
                        "the server's realm has changed, and its users' keys with it",
                        "derive the keys of auth.users again, or set the old realm"));
    }

    /// Returns a length of time as people say it, rounded down.
    static String inWords(Duration duration) {
        if (duration.toDays() > 1) {
            return duration.toDays() + " days";
        }
        if (duration.toHours() > 1) {
            return duration.toHours() + " hours";
        }
        return duration.toMinutes() > 1
                ? duration.toMinutes() + " minutes"
                : duration.toSeconds() + " s";
    }
}
