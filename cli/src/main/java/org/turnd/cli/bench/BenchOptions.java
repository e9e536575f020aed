package org.turnd.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What `turnd bench` is to do to a server. For Picocli's `@Mixin`.
final class BenchOptions {
    private static final int SIZE_MAX = 1_400;
    private static final int ALLOCATIONS_MAX = 60_000;
    private static final int BURST_MAX = 64;
    private static final int STEPS_MAX = 100;
    private static final double SECONDS_MAX = 240;
    private static final double RATE_DEFAULT = 10_000;
    private static final String UNLIMITED = "max";

    @Option(
            names = "--allocations",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Flows, each with an allocation of its own. With --allocate-rate, clients at the"
                            + " same time. ${DEFAULT-VALUE} by default.")
    private int allocations;

    @Option(names = "--channel", description = "Send ChannelData. This is the default.")
    private boolean isChannel;

    @Option(names = "--send", description = "Send Send indications; peers' packets come as Data.")
    private boolean isSend;

    @Option(
            names = "--direction",
            paramLabel = "DIRECTION",
            defaultValue = "to-peer",
            converter = DirectionConverter.class,
            description =
                    "to-peer, to-client, both, echo (to the peer and back) or relay (each two"
                            + " allocations with each other). ${DEFAULT-VALUE} by default.")
    private Direction direction = Direction.TO_PEER;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Application data in a packet, 36 to 1400. 200 by default.")
    private @Nullable Integer size;

    @Option(
            names = "--mix",
            paramLabel = "MIX",
            description = "Sizes as in audio (160), video (7 x 1100, 400) or call (both).")
    private @Nullable Mix mix;

    @Option(
            names = "--burst",
            paramLabel = "N",
            defaultValue = "1",
            description = "Packets of a flow in a row. ${DEFAULT-VALUE} by default.")
    private int burst;

    @Option(
            names = "--rate",
            paramLabel = "PACKETS",
            description =
                    "Packets a second in all flows together, or max for as fast as goes with at most"
                            + " 1024 under way. 10000 by default.")
    private @Nullable String rate;

    @Option(
            names = "--search",
            description = "Look for the highest rate with a loss of at most --loss.")
    private boolean isSearch;

    @Option(
            names = "--ramp",
            paramLabel = "FROM..TO",
            description =
                    "Packets a second, from low to high in --steps steps of --seconds each: loss,"
                            + " latency and the server's CPU per packet at each.")
    private @Nullable String ramp;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "10",
            description = "Steps of --ramp, 2 to 100. ${DEFAULT-VALUE} by default.")
    private int steps;

    @Option(
            names = "--control-probe",
            description =
                    "One more client that refreshes its allocation every 20 ms over UDP while"
                            + " packets flow, and how long it waits.")
    private boolean isProbing;

    @Option(
            names = "--loss",
            paramLabel = "PERCENT",
            defaultValue = "0.1",
            description = "The loss that --search puts up with. ${DEFAULT-VALUE} by default.")
    private double lossPercentMax;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description =
                    "How long; with --search, each rate. Up to 240. ${DEFAULT-VALUE} by default.")
    private double seconds;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "1",
            description = "Before it, not counted. ${DEFAULT-VALUE} by default.")
    private double warmupSeconds;

    @Option(
            names = "--hold",
            description = "Only make the allocations, and keep them for --seconds.")
    private boolean isHold;

    @Option(
            names = "--allocate-rate",
            description =
                    "Allocations a second: 401, Allocate, ChannelBind, Refresh 0, again and again.")
    private boolean isAllocateRate;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description =
                    "The server's process on this machine: its CPU time and memory (Linux only).")
    private @Nullable Long pid;

    /// Which way packets go.
    enum Direction {
        TO_PEER,
        TO_CLIENT,
        BOTH,
        ECHO,
        RELAY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// Sizes of packets, sent in turn.
    enum Mix {
        AUDIO,
        VIDEO,
        CALL;

        private List<Integer> sizes() {
            return switch (this) {
                case AUDIO -> List.of(160);
                case VIDEO -> List.of(1_100, 1_100, 1_100, 1_100, 1_100, 1_100, 1_100, 400);
                case CALL -> List.of(160, 1_100, 1_100, 160, 1_100, 400);
            };
        }
    }

    /// Understands directions as they are written.
    static final class DirectionConverter implements picocli.CommandLine.ITypeConverter<Direction> {
        @Override
        public Direction convert(String text) {
            for (var direction : Direction.values()) {
                if (direction.toString().equals(text)) {
                    return direction;
                }
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "expected to-peer, to-client, both, echo or relay; found " + text);
        }
    }

    /// Made by Picocli.
    BenchOptions() {}

    /// Returns everything that is wrong, in sentences; empty if nothing is.
    List<String> problems() {
        var problems = new ArrayList<String>();
        between(problems, "--allocations", allocations, 1, ALLOCATIONS_MAX);
        between(problems, "--size", sizes().getFirst(), Payload.LENGTH_MIN, SIZE_MAX);
        between(problems, "--burst", burst, 1, BURST_MAX);
        between(problems, "--loss", lossPercentMax, 0, 100);
        between(problems, "--seconds", seconds, 0.1, SECONDS_MAX);
        between(problems, "--warmup", warmupSeconds, 0, SECONDS_MAX);
        if (size != null && mix != null) {
            problems.add("--size and --mix exclude each other");
        }
        if (isChannel && isSend) {
            problems.add("--channel and --send exclude each other");
        }
        if (direction == Direction.RELAY && allocations % 2 != 0) {
            problems.add("--direction relay: expected an even number of --allocations");
        }
        var modes = Stream.of(rate != null, ramp != null, isSearch, isHold, isAllocateRate);
        if (modes.filter(is -> is).count() > 1) {
            problems.add("--rate, --ramp, --search, --hold and --allocate-rate exclude each other");
        }
        between(problems, "--steps", steps, 2, STEPS_MAX);
        if (ramp != null && rates().isEmpty()) {
            problems.add(
                    "--ramp: expected packets a second as FROM..TO, both above 0; found " + ramp);
        }
        if (isProbing && (isHold || isAllocateRate)) {
            problems.add("--control-probe: expected packets to flow");
        }
        if (rate != null && !(rate() > 0)) {
            problems.add("--rate: expected packets a second above 0, or max; found " + rate);
        }
        if (pid != null && pid < 1) {
            problems.add("--pid: expected the number of a process; found " + pid);
        }
        return problems;
    }

    private static void between(
            List<String> problems, String name, double found, double min, double max) {
        if (!(found >= min && found <= max)) {
            problems.add(
                    name
                            + ": expected "
                            + plain(min)
                            + " to "
                            + plain(max)
                            + "; found "
                            + plain(found));
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    int allocations() {
        return allocations;
    }

    boolean usesChannels() {
        return !isSend;
    }

    Direction direction() {
        return direction;
    }

    /// Returns the sizes of application data, in bytes, sent in turn.
    List<Integer> sizes() {
        if (mix != null) {
            return mix.sizes();
        }
        return List.of(size == null ? 200 : size);
    }

    int burst() {
        return burst;
    }

    /// Returns packets a second, infinite for as fast as goes, NaN if it is no number.
    double rate() {
        if (rate == null) {
            return RATE_DEFAULT;
        }
        if (rate.equals(UNLIMITED)) {
            return Load.UNLIMITED;
        }
        try {
            double number = Double.parseDouble(rate);
            return Double.isInfinite(number) ? Double.NaN : number;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    boolean isRamp() {
        return ramp != null;
    }

    /// Returns the rates of the ramp in packets a second, empty if it is none.
    List<Double> rates() {
        var ends = ramp == null ? new String[0] : ramp.split("\\.\\.", -1);
        if (ends.length != 2) {
            return List.of();
        }
        try {
            double from = Double.parseDouble(ends[0]);
            double to = Double.parseDouble(ends[1]);
            boolean isGood = from > 0 && to > 0 && from + to < Double.POSITIVE_INFINITY;
            return !isGood
                    ? List.of()
                    : IntStream.range(0, steps)
                            .mapToObj(step -> from + (to - from) * step / (steps - 1))
                            .toList();
        } catch (NumberFormatException e) {
            return List.of();
        }
    }

    boolean isProbing() {
        return isProbing;
    }

    boolean isSearch() {
        return isSearch;
    }

    double lossPercentMax() {
        return lossPercentMax;
    }

    double seconds() {
        return seconds;
    }

    double warmupSeconds() {
        return warmupSeconds;
    }

    boolean isHold() {
        return isHold;
    }

    boolean isAllocateRate() {
        return isAllocateRate;
    }

    @Nullable Long pid() {
        return pid;
    }
}
