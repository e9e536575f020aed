package org.turnd.cli.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.ConfigurationFailure;
import org.turnd.cli.ExitCode;
import org.turnd.cli.TargetServer;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.IceServerUri;
import org.turnd.stun.TransportAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `turnd bench`.
@Command(
        name = "bench",
        description = {
            "Loads a TURN server with packets or allocations, and tells what became of them: loss,"
                    + " latency, and with --pid the server's CPU time per packet.",
            "Only for servers of your own. The peers are sockets of this process."
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int FORBIDDEN = 403;
    private static final int FAMILY_NOT_SUPPORTED = 440;
    private static final int DISCARD_PORT = 9;
    private static final String IPV4_LOOPBACK = "127.0.0.1";
    private static final String IPV6_LOOPBACK = "::1";

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            arity = "0..1",
            description =
                    "A turn: or turns: URL; its transport is what is spoken. Without one, the first"
                            + " of the configuration's listeners.")
    private @Nullable String url;

    @Mixin private TargetServer target;
    @Mixin private BenchOptions options;

    @Option(
            names = "--peer-address",
            paramLabel = "ADDRESS",
            description =
                    "Where the peers' sockets are, an address of this machine that the server"
                            + " reaches. By default the one from which the server is reached.")
    private @Nullable InetAddress peerAddress;

    @Option(
            names = "--peer-family",
            paramLabel = "FAMILY",
            description =
                    "ipv4 or ipv6: between the server's relays and the peers. By default that of the"
                            + " peers' address.")
    private @Nullable AddressFamily peerFamily;

    @Option(names = "--json", description = "Print JSON.")
    private boolean isJson;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page with plots, which needs nothing else.")
    private @Nullable Path html;

    /// Made by Picocli.
    @SuppressWarnings("NullAway.Init") // Picocli sets the fields
    public BenchCommand() {}

    @Override
    public Integer call() throws IOException, ConfigurationFailure {
        var problems = options.problems();
        if (!problems.isEmpty()) {
            throw mistake(String.join(System.lineSeparator(), problems));
        }
        var chosen = target.choose(url == null ? List.of() : List.of(url));
        var server = endpoint(chosen.uris().getFirst());
        var report = new BenchReport();
        describe(report, server);
        try {
            if (options.isAllocateRate()) {
                allocateRate(server, chosen.options(), report);
            } else {
                withFleet(server, chosen.options(), report);
            }
        } catch (TurnFailure e) {
            report.failed(why(e.failure()));
        }
        return print(report);
    }

    private int print(BenchReport report) throws IOException {
        if (html != null) {
            Files.writeString(html, report.html());
        }
        var out = spec.commandLine().getOut();
        if (isJson) {
            out.println(report.json());
        } else {
            out.print(report.text());
        }
        out.flush();
        return report.isGood() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private void describe(BenchReport report, Endpoint server) {
        report.add("server", "server", server.address().toString(), "")
                .add("transport", "transport", server.carrier().toString(), "")
                .add("allocations", "allocations", options.allocations(), "");
        if (!options.isHold() && !options.isAllocateRate()) {
            report.add("direction", "direction", options.direction().toString(), "")
                    .add("framing", "framing", options.usesChannels() ? "channel" : "send", "")
                    .add("bytes", "application data", sizes(), "")
                    .add("burst", "burst", options.burst(), "");
        }
    }

    private String sizes() {
        return String.join(
                ", ", options.sizes().stream().map(size -> size + " bytes").distinct().toList());
    }

    private void withFleet(Endpoint server, ClientOptions client, BenchReport report)
            throws IOException, TurnFailure {
        var peers = peerAddress(server);
        try (var fleet = new Fleet(server, client, TransportAddress.of(peers, 0).family())) {
            Long emptyBytes = residentBytes();
            long start = System.nanoTime();
            try (var progress = progress("allocations", options.allocations())) {
                fleet.allocate(options.allocations(), progress::step);
            }
            report.add("plane", "bench's data plane", fleet.loop().planeName(), "");
            if (!fleet.flows().getFirst().software().isEmpty()) {
                report.add("software", "software", fleet.flows().getFirst().software(), "");
            }
            if (options.isHold()) {
                hold(report, emptyBytes, System.nanoTime() - start);
                return;
            }
            if (options.direction() == BenchOptions.Direction.RELAY) {
                fleet.pair(options.usesChannels());
            } else {
                fleet.addPeers(peers, options.usesChannels());
            }
            traffic(fleet, report);
        }
    }

    private void traffic(Fleet fleet, BenchReport report) throws IOException, TurnFailure {
        var run = new TrafficRun(fleet, options);
        if (options.isRamp()) {
            report.addSteps(run.ramp(options.rates()));
        } else if (!options.isSearch()) {
            report.add(run.fixed(options.rate()));
        } else {
            var tried = run.search();
            report.addSteps(tried);
            report.add("rounds", "rates tried", tried.size(), "");
            tried.stream()
                    .filter(round -> TrafficRun.isWithin(round, options.lossPercentMax()))
                    .max(Comparator.comparingDouble(Round::askedPerSecond))
                    .ifPresentOrElse(
                            report::add, () -> report.failed("No rate had a loss low enough."));
            if (tried.stream().anyMatch(round -> !round.isSentAsAsked())) {
                report.remark(
                        "Higher rates could not be sent by the bench: the server may do more.");
            }
            if (tried.stream().anyMatch(r -> !r.isGood() && r.counts().received() > 0)) {
                report.failed("Packets were corrupted or misdelivered at one of the rates.");
            }
        }
        addResident(report);
    }

    private void hold(BenchReport report, @Nullable Long emptyBytes, long allocatingNanos)
            throws IOException {
        LockSupport.parkNanos((long) (options.seconds() * 1e9));
        report.add("allocatingSeconds", "time to allocate", allocatingNanos / 1e9, "s");
        Long fullBytes = residentBytes();
        if (emptyBytes != null && fullBytes != null) {
            report.add("residentBytesBefore", "server memory before", emptyBytes, "bytes")
                    .add("residentBytes", "server memory", fullBytes, "bytes")
                    .add(
                            "residentBytesPerAllocation",
                            "more per allocation",
                            (double) (fullBytes - emptyBytes) / options.allocations(),
                            "bytes");
        }
    }

    private void allocateRate(Endpoint server, ClientOptions client, BenchReport report)
            throws IOException, TurnFailure {
        Fleet.refuseDeadServer(server, client);
        // Nothing is sent there.
        var peer = TransportAddress.of(peerAddress(server), DISCARD_PORT);
        AllocationRun.Outcome outcome;
        try (var loop = BenchLoop.start()) {
            report.add("plane", "bench's data plane", loop.planeName(), "");
            outcome =
                    new AllocationRun(loop, server, client, peer)
                            .run(
                                    options.allocations(),
                                    options.warmupSeconds(),
                                    options.seconds(),
                                    options.pid());
        }
        double perSecond = outcome.allocations() * 1e9 / outcome.nanos();
        report.add("done", "allocations made", outcome.allocations(), "")
                .add("mismatches", "answered 437", outcome.mismatches(), "")
                .add("repeated", "requests repeated", outcome.repeated(), "")
                .add("allocationsPerSecond", "rate", perSecond, "allocations/s");
        report.add(outcome.latencyNanos(), "life");
        var cpu = outcome.serverCpuNanos();
        if (cpu != null && outcome.allocations() > 0) {
            report.add(
                            "serverCpuMicrosPerAllocation",
                            "server CPU per allocation",
                            cpu / 1e3 / outcome.allocations(),
                            "us")
                    .add("serverCores", "server CPU", cpu / (double) outcome.nanos(), "cores");
        }
        report.add(
                "benchCores",
                "bench CPU",
                outcome.ownCpu().toNanos() / (double) outcome.nanos(),
                "cores");
        addResident(report);
        if (outcome.allocations() == 0) {
            report.failed("No allocation was made.");
        }
        var failure = outcome.failure();
        if (failure != null) {
            report.failed(why(failure.failure()));
        }
    }

    private void addResident(BenchReport report) throws IOException {
        Long bytes = residentBytes();
        if (bytes != null) {
            report.add("residentBytes", "server memory", bytes, "bytes");
        }
    }

    private @Nullable Long residentBytes() throws IOException {
        var pid = options.pid();
        return pid == null ? null : ServerProcessUsage.read(pid).residentBytes();
    }

    private InetAddress peerAddress(Endpoint server) throws IOException {
        var address = peerAddress == null ? Fleet.localAddress(server) : peerAddress;
        if (peerFamily == null || peerFamily == TransportAddress.of(address, 0).family()) {
            return address;
        }
        if (peerAddress == null && address.isLoopbackAddress()) {
            return InetAddress.getByName(
                    peerFamily == AddressFamily.IPV4 ? IPV4_LOOPBACK : IPV6_LOOPBACK);
        }
        throw mistake(
                "--peer-family: name an address of this machine and that family with"
                        + " --peer-address");
    }

    private Endpoint endpoint(IceServerUri uri) throws UnknownHostException {
        if (!uri.scheme().isTurn()) {
            throw mistake(uri + ": expected a turn: or turns: URL");
        }
        var isUdp = uri.transport() == IceServerUri.Transport.UDP;
        if (isUdp && uri.scheme().isSecure()) {
            throw mistake(uri + ": DTLS cannot be measured yet");
        }
        var carrier = isUdp ? Carrier.UDP : uri.scheme().isSecure() ? Carrier.TLS : Carrier.TCP;
        var address = InetAddress.getByName(uri.host());
        return new Endpoint(carrier, uri.host(), TransportAddress.of(address, uri.port()));
    }

    static String why(Failure failure) {
        var text = new ArrayList<String>();
        text.add("A flow failed: " + sentence(failure));
        if (failure instanceof Failure.ErrorResponse error && error.code() == FORBIDDEN) {
            text.add(
                    "The server's rules deny the bench's peers. On loopback it has to allow them:"
                            + " peers.allow = [\"127.0.0.0/8\"] for turnd, allow-loopback-peers for"
                            + " coturn; or name another address of this machine with"
                            + " --peer-address.");
        }
        if (failure instanceof Failure.ErrorResponse error
                && error.code() == FAMILY_NOT_SUPPORTED) {
            text.add("The server has no relays of the peers' family: try the other --peer-family.");
        }
        return String.join(System.lineSeparator(), text);
    }

    private static String sentence(Failure failure) {
        return switch (failure) {
            case Failure.ErrorResponse(var method, var code, var reason, var authenticated) ->
                    method.rfcName() + " was answered " + code + " " + reason;
            case Failure.Silence(var what, var waited) ->
                    what + " did not come within " + waited.toMillis() + " ms";
            case Failure.ConnectionRefused() -> "nobody listens there";
            case Failure.Unreachable(var why) -> why;
            case Failure.Closed(var why) -> why;
            case Failure.BadAnswer(var why) -> why;
            case Failure.UnknownHost(var host) -> "there is no host " + host;
            case Failure.TlsRefused(var problem, var detail, var chain) -> "no TLS: " + detail;
        };
    }

    private Progress progress(String what, int count) {
        return new Progress(
                isJson || !isTerminal()
                        ? null
                        : new ProgressBarBuilder()
                                .setTaskName(what)
                                .setInitialMax(count)
                                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                                .build());
    }

    /// A progress bar where somebody is there to see it.
    private record Progress(@Nullable ProgressBar bar) implements AutoCloseable {
        void step() {
            if (bar != null) {
                bar.step();
            }
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }

    // The check knows JDK 22 to 24; since JDK 25 there is no console again where there is no
    // terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    private ParameterException mistake(String text) {
        return new ParameterException(spec.commandLine(), text);
    }
}
