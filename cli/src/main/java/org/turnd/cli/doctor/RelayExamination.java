package org.turnd.cli.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.turnd.server.net.ResourceCheck;

/// Looks at what relays need: ports of their own, open files, buffers.
final class RelayExamination implements Examination {
    private static final String AREA = "relay";

    @Override
    public List<Finding> of(Patient patient) throws IOException {
        var findings = new ArrayList<Finding>();
        var settings = patient.settings();
        var relay = settings.relay();
        int ports = relay.maxPort() - relay.minPort() + 1;
        var range = relay.minPort() + " to " + relay.maxPort();
        if (ports < settings.limits().allocations()) {
            findings.add(
                    Finding.warning(
                            AREA,
                            "limits.allocations is %d and ports %s are %d: more allocations get 508"
                                    .formatted(settings.limits().allocations(), range, ports),
                            "widen relay.min-port to relay.max-port, or lower limits.allocations"));
        } else {
            findings.add(Finding.ok(AREA, "ports " + range + " suffice for every allocation"));
        }
        findings.addAll(othersInRange(patient, relay.minPort(), relay.maxPort()));
        for (var shortage : ResourceCheck.shortages(settings, patient.local())) {
            findings.add(Finding.warning(AREA, shortage.what(), shortage.fix()));
        }
        return findings;
    }

    /// A port that the kernel has given to somebody else's outgoing connection is no relay's.
    private static List<Finding> othersInRange(Patient patient, int min, int max)
            throws IOException {
        var range = patient.kernel().words("net.ipv4.ip_local_port_range");
        var reserved = patient.kernel().words("net.ipv4.ip_local_reserved_ports");
        if (range.size() != 2 || isReserved(reserved, min, max)) {
            return List.of();
        }
        int first = Math.max(min, Integer.parseInt(range.get(0)));
        int last = Math.min(max, Integer.parseInt(range.get(1)));
        return first > last
                ? List.of()
                : List.of(
                        Finding.warning(
                                AREA,
                                "the kernel gives ports "
                                        + first
                                        + " to "
                                        + last
                                        + " to other programs of this machine as well; turnd then"
                                        + " takes the next one",
                                "sysctl -w net.ipv4.ip_local_reserved_ports=" + min + "-" + max));
    }

    private static boolean isReserved(List<String> reserved, int min, int max) {
        return reserved.stream()
                .flatMap(words -> List.of(words.split(",")).stream())
                .map(words -> words.split("-"))
                .anyMatch(ends ->
                        Integer.parseInt(ends[0]) <= min
                                && Integer.parseInt(ends[ends.length - 1]) >= max);
    }
}
