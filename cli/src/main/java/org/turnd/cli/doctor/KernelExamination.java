package org.turnd.cli.doctor;

import java.io.IOException;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;

/// Looks at what the kernel has set: connection tracking, what it threw away, packet sizes.
final class KernelExamination implements Examination {
    private static final String AREA = "kernel";
    private static final double NEARLY_FULL = 0.8;

    /// What browsers send at most in a datagram of media, with all headers.
    private static final int MEDIA_MTU_BYTES = 1280;

    @Override
    public List<Finding> of(Patient patient) throws IOException {
        var findings = new ArrayList<Finding>();
        connectionTracking(patient, findings);
        lostDatagrams(patient.kernel(), findings);
        packetSizes(findings);
        return findings;
    }

    /// A relay knows as many addresses as it has peers, and each is a connection to the kernel.
    private static void connectionTracking(Patient patient, List<Finding> findings)
            throws IOException {
        var max = patient.kernel().number("net.netfilter.nf_conntrack_max");
        var count = patient.kernel().number("net.netfilter.nf_conntrack_count");
        if (max.isEmpty() || count.isEmpty()) {
            findings.add(Finding.ok(AREA, "connections are not tracked"));
            return;
        }
        long needed = 3L * patient.settings().limits().allocations();
        var relay = patient.settings().relay();
        var noTrack =
                "leave turnd's traffic out: nft add rule ip raw prerouting udp dport %d-%d notrack, and"
                                .formatted(relay.minPort(), relay.maxPort())
                        + " the same for output; or sysctl -w net.netfilter.nf_conntrack_max="
                        + Math.max(2 * max.getAsLong(), needed);
        if (count.getAsLong() > NEARLY_FULL * max.getAsLong()) {
            findings.add(
                    Finding.failure(
                            AREA,
                            "%d of %d tracked connections are in use; beyond that packets are dropped"
                                    .formatted(count.getAsLong(), max.getAsLong()),
                            noTrack));
        } else if (max.getAsLong() < needed) {
            findings.add(
                    Finding.warning(
                            AREA,
                            "the kernel tracks %d connections, and limits.allocations = %d can need %d"
                                    .formatted(
                                            max.getAsLong(),
                                            patient.settings().limits().allocations(),
                                            needed),
                            noTrack));
        } else {
            findings.add(
                    Finding.ok(
                            AREA,
                            count.getAsLong() + " of " + max.getAsLong() + " connections tracked"));
        }
    }

    private static void lostDatagrams(KernelFacts kernel, List<Finding> findings)
            throws IOException {
        var received = kernel.counter("Udp", "RcvbufErrors").orElse(0);
        var sent = kernel.counter("Udp", "SndbufErrors").orElse(0);
        if (received + sent == 0) {
            findings.add(Finding.ok(AREA, "no UDP datagram was lost to a full buffer"));
            return;
        }
        findings.add(
                Finding.warning(
                        AREA,
                        "full buffers have cost %d UDP datagrams on their way in and %d on their way"
                                        .formatted(received, sent)
                                + " out since the machine started, of all programs together",
                        "nstat -az UdpRcvbufErrors shows whether it goes on; then raise"
                                + " limits.listener-buffer and limits.relay-buffer"));
    }

    private static void packetSizes(List<Finding> findings) throws IOException {
        for (var card : NetworkInterface.networkInterfaces().toList()) {
            if (!card.isUp() || card.isLoopback()) {
                continue;
            }
            int mtu = card.getMTU();
            var carries = card.getName() + " carries packets of " + mtu + " bytes";
            findings.add(
                    mtu >= MEDIA_MTU_BYTES
                            ? Finding.ok(AREA, carries)
                            : Finding.warning(
                                    AREA,
                                    carries + ", and media comes in up to " + MEDIA_MTU_BYTES,
                                    "ip link set "
                                            + card.getName()
                                            + " mtu 1500, or what the way to clients allows"));
        }
    }
}
