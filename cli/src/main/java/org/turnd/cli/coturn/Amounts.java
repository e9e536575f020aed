package org.turnd.cli.coturn;

import org.turnd.cli.coturn.Finding.Kind;

/// Limits, lifetimes and the inner matters of the server that are numbers.
final class Amounts {
    private static final int ALLOCATIONS_MAX = 1_000_000;
    private static final int LIFETIME_SECONDS_MIN = 60;
    private static final int LIFETIME_SECONDS = 600;
    private static final int HOUR_SECONDS = 3600;
    private static final int SHARDS_MAX = 256;
    private static final int BANDWIDTH_MIN = 1024;
    private static final int BANDWIDTH_MAX = 1 << 30;
    private static final int BUFFER_MIN = 64 << 10;
    private static final int BUFFER_MAX = 64 << 20;

    private final Draft draft;

    Amounts(Draft draft) {
        this.draft = draft;
    }

    void translate() {
        quota("total-quota", "limits.allocations");
        quota("user-quota", "limits.allocations-per-user");
        if (draft.value("limits.allocations-per-user") != null
                && draft.value("auth.secret") != null) {
            // coturn counts by what stands behind the time in the name.
            draft.set("auth.quota-by", "id", draft.last("user-quota"));
        }
        bandwidth(
                "max-bps",
                "limits.bandwidth-per-allocation",
                "headers of IP and UDP count as well");
        bandwidth(
                "bps-capacity",
                "limits.bandwidth",
                "coturn lets nobody in beyond it, by what max-bps promises; turnd drops packets,"
                        + " headers of IP and UDP count as well");
        lifetime();
        timeout();
        shards("relay-threads");
        shards("cpus");
        buffers();
        if (draft.isOn("mobility")) {
            draft.set("mobility", "on", draft.last("mobility"));
        }
        if (draft.isOn("Verbose")) {
            draft.set("log.level", "debug", draft.last("Verbose"));
        }
    }

    private void quota(String option, String key) {
        CoturnLine line = draft.last(option);
        if (line == null) {
            return;
        }
        long quota = Numbers.of(line.value(), 0);
        if (quota == 0) {
            draft.say(
                    Kind.CHANGED,
                    line,
                    "0 is no limit there; `%s` keeps its default here".formatted(key));
        } else {
            draft.set(key, "" + Math.min(quota, ALLOCATIONS_MAX), line);
        }
    }

    /// Bytes a second each way, in both servers; 0 is no limit.
    private void bandwidth(String option, String key, String difference) {
        CoturnLine line = draft.last(option);
        if (line != null && Numbers.of(line.value(), 0) > 0) {
            long bytes = Math.clamp(Numbers.of(line.value(), 0), BANDWIDTH_MIN, BANDWIDTH_MAX);
            draft.set(key, Draft.quoted(bytes + "B"), line);
            draft.say(Kind.CHANGED, line, difference);
        }
    }

    private void lifetime() {
        CoturnLine line = draft.last("max-allocate-lifetime");
        if (line == null) {
            return;
        }
        long seconds = Numbers.of(line.value(), 0);
        long taken = Math.clamp(seconds, LIFETIME_SECONDS_MIN, HOUR_SECONDS);
        if (seconds != taken) {
            draft.say(Kind.CHANGED, line, "lifetimes are a minute up to an hour");
        }
        draft.set("limits.max-lifetime", taken + "s", line);
        if (taken < LIFETIME_SECONDS) {
            draft.set("limits.default-lifetime", taken + "s", line);
        }
    }

    private void timeout() {
        CoturnLine line = draft.last("max-allocate-timeout");
        if (line != null) {
            long seconds = Math.clamp(Numbers.of(line.value(), 0), 1, HOUR_SECONDS);
            draft.set("limits.idle-stream-timeout", seconds + "s", line);
        }
    }

    private void shards(String option) {
        CoturnLine line = draft.last(option);
        if (line != null) {
            long threads = Math.clamp(Numbers.of(line.value(), 1), 1, SHARDS_MAX);
            draft.set("shards", "" + threads, line);
        }
    }

    private void buffers() {
        CoturnLine line = draft.last("sock-buf-size");
        if (line != null) {
            String size = bytes(line);
            draft.set("limits.listener-buffer", size, line);
            draft.set("limits.relay-buffer", size, line);
        }
    }

    private static String bytes(CoturnLine line) {
        long bytes = Math.clamp(Numbers.of(line.value(), 0), BUFFER_MIN, BUFFER_MAX);
        return Draft.quoted(bytes + "B");
    }
}
