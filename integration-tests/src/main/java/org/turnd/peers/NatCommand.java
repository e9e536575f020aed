package org.turnd.peers;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.turnd.peers.call.CallOptions;
import org.turnd.peers.call.CallReport;
import org.turnd.peers.lab.LaboratoryException;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.lab.NatLaboratorySpec;
import org.turnd.peers.lab.NatLaboratorySpec.PeerNetwork;
import org.turnd.peers.server.ServerKind;
import org.turnd.peers.server.TurnTransport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `turnd peers nat`: one call between two peers, each behind a NAT of its own, in networks built
/// for it.
@Command(
        name = "nat",
        description = {
            "Holds a call between two peers, each behind a NAT of its own.",
            "Builds private networks, NATs and a server's host in network namespaces, calls, tells who met how, and"
                    + " removes everything. Needs root; nothing outside the namespaces is touched."
        },
        mixinStandardHelpOptions = true)
final class NatCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--nat-a",
            converter = Choice.Nat.class,
            completionCandidates = Choice.Nat.class,
            defaultValue = "symmetric",
            description = "The calling peer's NAT: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private NatKind natA = NatKind.SYMMETRIC;

    @Option(
            names = "--nat-b",
            converter = Choice.Nat.class,
            completionCandidates = Choice.Nat.class,
            defaultValue = "symmetric",
            description = "The called peer's NAT, likewise (${DEFAULT-VALUE}).")
    private NatKind natB = NatKind.SYMMETRIC;

    @Option(
            names = "--turn",
            converter = Choice.Transport.class,
            completionCandidates = Choice.Transport.class,
            defaultValue = "udp",
            description =
                    "How the peers speak to the server: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private TurnTransport turn = TurnTransport.UDP;

    @Option(names = "--block-udp", description = "Let nothing but TCP out of the private networks.")
    private boolean blockUdp;

    @Option(
            names = "--ipv6",
            description = "Have IPv6 on every link, and let the peers use it to the server.")
    private boolean ipv6;

    @Option(
            names = "--policy",
            converter = Choice.Policy.class,
            completionCandidates = Choice.Policy.class,
            defaultValue = "all",
            description =
                    "Which candidates the peers may use: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private CandidatePolicy policy = CandidatePolicy.ALL;

    @Option(
            names = "--server",
            converter = Choice.Server.class,
            completionCandidates = Choice.Server.class,
            defaultValue = "turnd",
            description = "The server: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private ServerKind server = ServerKind.TURND;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "0",
            description = "How long the call goes on when all is checked (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (var laboratory = PeerLaboratory.open(networks(), server, false)) {
            var report = laboratory.call(options(laboratory));
            print(out, report);
            if (!report.good()) {
                spec.commandLine()
                        .getErr()
                        .println(server + " said:\n" + laboratory.server().log());
            }
            return report.good() ? 0 : 1;
        } catch (LaboratoryException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private NatLaboratorySpec networks() {
        var peers = List.of(new PeerNetwork(natA, blockUdp), new PeerNetwork(natB, blockUdp));
        return new NatLaboratorySpec(peers, ipv6, true);
    }

    private CallOptions options(PeerLaboratory laboratory) {
        var options =
                CallOptions.through(
                        ipv6 ? laboratory.ipv6Server(turn) : laboratory.iceServer(turn));
        options = policy == CandidatePolicy.ALL ? options.withAnyCandidates() : options;
        return options.lasting(seconds);
    }

    private void print(PrintWriter out, CallReport report) {
        var printer = new ReportPrinter(out);
        if (json) {
            printer.json(report);
        } else {
            out.printf(
                    "peer a behind %s, peer b behind %s, %s over %s%n", natA, natB, server, turn);
            printer.details(report);
        }
    }
}
