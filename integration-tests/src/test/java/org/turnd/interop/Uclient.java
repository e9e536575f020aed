package org.turnd.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.turnd.cli.check.Endpoint;
import org.turnd.peers.lab.HostCommand;

/// One run of coturn's test client. Its exit code is 0 whatever happens, so what it wrote decides.
///
/// @param output all that it wrote
record Uclient(String output) {
    private static final int LONGEST_SECONDS = 30;
    private static final Pattern COUNTS =
            Pattern.compile("tot_send_msgs=(\\d+), tot_recv_msgs=(\\d+)");

    /// Runs it to its end, or for as long as it may.
    ///
    /// @param server where it connects, and how
    /// @param arguments the user and what it shall do; see `turnutils_uclient -h`
    static Uclient run(Endpoint server, List<String> arguments) {
        var command =
                new ArrayList<>(List.of("timeout", "" + LONGEST_SECONDS, "turnutils_uclient"));
        command.addAll(
                switch (server.carrier()) {
                    case UDP -> List.of();
                    case TCP -> List.of("-t");
                    case TLS -> List.of("-t", "-S");
                    case DTLS -> List.of("-S");
                });
        command.addAll(List.of("-p", "" + server.address().port()));
        command.addAll(arguments);
        command.add(server.address().host());
        return new Uclient(HostCommand.attempt(command, "").output());
    }

    /// Returns how many messages it has sent to its peers, of all its clients together.
    int sent() {
        return lastCount(1);
    }

    /// Returns how many of them came back.
    int received() {
        return lastCount(2);
    }

    private int lastCount(int group) {
        var counts = COUNTS.matcher(output);
        var last = 0;
        while (counts.find()) {
            last = Integer.parseInt(counts.group(group));
        }
        return last;
    }
}
