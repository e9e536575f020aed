package org.turnd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.ClientOptions;
import org.turnd.cli.check.Endpoint;
import org.turnd.cli.check.Retransmission;
import org.turnd.cli.doctor.Finding.Severity;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ConfigLoader;
import org.turnd.server.config.ConfigResult;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.net.LocalAddresses;
import org.turnd.server.net.SelfSignedCertificate;
import org.turnd.stun.TransportAddress;
import picocli.CommandLine.Help.Ansi;

@Timeout(60)
class DoctorTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Retransmission QUICK =
            new Retransmission(Duration.ofMillis(200), 3, 2, Duration.ofSeconds(2));

    @TempDir private Path directory;

    /// A server on loopback, with what a test adds.
    private ServerSettings settings(int port, String more) throws IOException {
        var file = directory.resolve("turnd.conf");
        Files.writeString(
                file,
                """
                realm = example.org
                listeners { udp = ["127.0.0.1:%d"], tcp = ["127.0.0.1:%d"], tls = [], dtls = [] }
                relay { ipv4 = 127.0.0.1, ipv6 = none, min-port = 20000, max-port = 20999 }
                limits.allocations = 1000
                auth.secret = "nU3rZ8kQ1vB6xT0mW5yE2aL7pC4sD9hF"
                """
                                .formatted(port, port)
                        + more);
        return assertInstanceOf(ConfigResult.Loaded.class, ConfigLoader.load(file)).settings();
    }

    private Patient patient(ServerSettings settings) throws IOException {
        return new Patient(
                settings,
                List.of(),
                null,
                null,
                ClientOptions.of(null).repeating(QUICK),
                LocalAddresses.all(),
                new KernelFacts(directory.resolve("proc")));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }

    private static Finding only(List<Finding> findings) {
        assertEquals(1, findings.size(), findings::toString);
        return findings.getFirst();
    }

    @Test
    void tellsAServerThatAnswersFromAPortThatIsFreeAndOneThatIsTaken() throws Exception {
        int port = freePort();
        var patient = patient(settings(port, ""));
        var examination = new ListenerExamination();
        try (var _ = TurnServer.start(patient.settings())) {
            for (var finding : examination.of(patient)) {
                assertEquals(Severity.OK, finding.severity(), finding::toString);
            }
        }
        try (var _ = new ServerSocket(port, 1, LOOPBACK);
                var _ = new DatagramSocket(port, LOOPBACK)) {
            for (var finding : examination.of(patient)) {
                assertEquals(Severity.FAILURE, finding.severity());
                assertTrue(finding.text().contains("can't be opened"), finding::toString);
                assertTrue(String.valueOf(finding.fix()).contains("ss -lntup"), finding::toString);
            }
        }
        for (var finding : examination.of(patient)) {
            assertEquals(Severity.FAILURE, finding.severity());
            assertTrue(finding.text().contains("is free"), finding::toString);
        }
    }

    @Test
    void holdsTheAdvertisedAddressAgainstWhatAStunServerSees() throws Exception {
        int port = freePort();
        var examination = new AddressExamination();
        var settings = settings(port, "relay.external-ipv4 = 203.0.113.5\n");
        var alone = patient(settings);
        assertEquals(
                List.of(Severity.OK, Severity.WARNING),
                examination.of(alone).stream().map(Finding::severity).toList());
        var outside = Endpoint.of(Carrier.UDP, LOOPBACK, port);
        var asked = asking(alone, outside);
        try (var _ = TurnServer.start(settings)) {
            var other = examination.of(asked).getLast();
            assertEquals(Severity.FAILURE, other.severity());
            assertEquals("relay.external-ipv4 = 127.0.0.1", other.fix());
            var right = asking(patient(settings(port, "")), outside);
            assertEquals(Severity.OK, examination.of(right).getLast().severity());
        }
        var silent = examination.of(asked).getLast();
        assertEquals(Severity.WARNING, silent.severity());
        assertTrue(silent.text().contains("does not answer"), silent::toString);
    }

    @Test
    void asksTheStunServerOfTheConfigurationAsTheServerDoes() throws Exception {
        int port = freePort();
        var learnt = "relay.external-ipv4 = \"stun:127.0.0.1:%d\"\n".formatted(port);
        var examination = new AddressExamination();
        var patient = patient(settings(freePort(), learnt));
        try (var _ = TurnServer.start(settings(port, ""))) {
            assertEquals("peers are told 127.0.0.1", told(examination.of(patient)));
        }
        var unknown = examination.of(patient).getFirst();
        assertEquals(Severity.FAILURE, unknown.severity());
        assertTrue(unknown.text().contains("nobody answers STUN"), unknown::toString);
    }

    private static String told(List<Finding> findings) {
        var text = only(findings).text();
        int comma = text.indexOf(',');
        return comma < 0 ? text : text.substring(0, comma);
    }

    @Test
    void findsARelayAddressThatThisMachineHasNot() throws Exception {
        var before = patient(settings(freePort(), ""));
        var elsewhere =
                new Patient(
                        before.settings(),
                        List.of(),
                        null,
                        null,
                        before.client(),
                        List.of(TransportAddress.of(InetAddress.ofLiteral("192.0.2.7"), 0)),
                        before.kernel());
        var finding = new AddressExamination().of(elsewhere).getFirst();
        assertEquals(Severity.FAILURE, finding.severity());
        assertTrue(finding.text().contains("is no address of this machine"), finding::toString);
    }

    private static Patient asking(Patient patient, Endpoint stunServer) {
        return new Patient(
                patient.settings(),
                patient.warnings(),
                patient.host(),
                stunServer,
                patient.client(),
                patient.local(),
                patient.kernel());
    }

    private static Patient named(Patient patient, String host) {
        return new Patient(
                patient.settings(),
                patient.warnings(),
                host,
                patient.stunServer(),
                patient.client(),
                patient.local(),
                patient.kernel());
    }

    @Test
    void judgesTheCertificate() throws Exception {
        var examination = new CertificateExamination();
        int port = freePort();
        assertEquals(
                Severity.WARNING, only(examination.of(patient(settings(port, "")))).severity());
        var certificate = directory.resolve("certificate.pem");
        var key = directory.resolve("key.pem");
        SelfSignedCertificate.write(
                certificate, key, List.of(), List.of("turn.example.org"), Duration.ofDays(90));
        var tls = "tls { certificate = \"certificate.pem\", key = \"key.pem\" }\n";
        var good = named(patient(settings(port, tls)), "turn.example.org");
        assertEquals(
                // Good for long and by name, and signed by nobody that browsers know.
                List.of(Severity.OK, Severity.OK, Severity.FAILURE),
                examination.of(good).stream().map(Finding::severity).toList());
        var misnamed = examination.of(named(good, "example.net")).get(1);
        assertEquals(Severity.FAILURE, misnamed.severity());
        assertTrue(misnamed.text().contains("not for example.net"), misnamed::toString);
        SelfSignedCertificate.write(
                certificate, key, List.of(), List.of("*.example.org"), Duration.ofMinutes(-1));
        var expired = examination.of(good);
        assertEquals(Severity.FAILURE, expired.getFirst().severity());
        assertTrue(expired.getFirst().text().contains("expired"), expired::toString);
        assertEquals(Severity.OK, expired.get(1).severity());
        Files.writeString(key, "no key");
        assertEquals(Severity.FAILURE, only(examination.of(good)).severity());
    }

    private void proc(String file, String content) throws IOException {
        var path = directory.resolve("proc").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    @Test
    void readsWhatTheKernelCountsAndLimits() throws Exception {
        var patient = patient(settings(freePort(), ""));
        var examination = new KernelExamination();
        assertTrue(
                examination.of(patient).stream().allMatch(f -> f.severity() == Severity.OK),
                () -> "nothing is known of this kernel");
        proc("sys/net/netfilter/nf_conntrack_max", "1000\n");
        proc("sys/net/netfilter/nf_conntrack_count", "10\n");
        assertEquals(Severity.WARNING, examination.of(patient).getFirst().severity());
        proc("sys/net/netfilter/nf_conntrack_count", "900\n");
        assertEquals(Severity.FAILURE, examination.of(patient).getFirst().severity());
        proc("sys/net/netfilter/nf_conntrack_max", "262144\n");
        assertEquals(Severity.OK, examination.of(patient).getFirst().severity());
        proc("net/snmp", "Ip: Forwarding\nIp: 1\nUdp: InDatagrams RcvbufErrors\nUdp: 5 17\n");
        var lost = examination.of(patient).get(1);
        assertEquals(Severity.WARNING, lost.severity());
        assertTrue(lost.text().contains("17 UDP datagrams"), lost::toString);
    }

    @Test
    void readsThisKernelsNumbersWhole() throws Exception {
        // Linux allows 301 and more.
        assertTrue(KernelFacts.REAL.number("kernel.pid_max").orElseThrow() > 300);
        assertEquals(2, KernelFacts.REAL.words("net.ipv4.ip_local_port_range").size());
        assertTrue(KernelFacts.REAL.counter("Udp", "InDatagrams").isPresent());
    }

    @Test
    void findsRelayPortsThatOthersGetAsWell() throws Exception {
        var patient = patient(settings(freePort(), ""));
        var examination = new RelayExamination();
        proc("sys/net/ipv4/ip_local_port_range", "20500\t60999\n");
        var shared = examination.of(patient).get(1);
        assertEquals(Severity.WARNING, shared.severity());
        assertTrue(shared.text().contains("20500 to 20999"), shared::toString);
        assertEquals("sysctl -w net.ipv4.ip_local_reserved_ports=20000-20999", shared.fix());
        proc("sys/net/ipv4/ip_local_reserved_ports", "8080,20000-20999\n");
        assertFalse(examination.of(patient).contains(shared));
        var few = examination.of(patient(settings(freePort(), "limits.allocations = 1001\n")));
        assertEquals(Severity.WARNING, few.getFirst().severity());
    }

    @Test
    void judgesTheClockByWhatTheKernelSays() throws Exception {
        assertEquals(Severity.WARNING, ClockExamination.of(5, 0).severity());
        assertEquals(Severity.OK, ClockExamination.of(0, 20_000).severity());
        assertEquals(Severity.WARNING, ClockExamination.of(0, 2_000_000).severity());
        var here = only(new ClockExamination().of(patient(settings(freePort(), ""))));
        assertEquals("clock", here.area());
    }

    /// Whatever this machine is like: each finding that isn't good says what to do.
    @Test
    void everyFindingThatIsNotGoodHasItsFix() throws Exception {
        var report =
                new DoctorReport(
                        Doctor.examine(
                                new Patient(
                                        settings(freePort(), ""),
                                        List.of("something unusual"),
                                        null,
                                        null,
                                        ClientOptions.of(null).repeating(QUICK),
                                        LocalAddresses.all(),
                                        KernelFacts.REAL)));
        for (var finding : report.findings()) {
            assertNotEquals("doctor", finding.area(), finding::toString);
            if (finding.severity() != Severity.OK) {
                assertNotNull(finding.fix(), finding::toString);
                assertTrue(report.text(Ansi.OFF).contains("fix: " + finding.fix()));
            }
        }
        assertFalse(report.isGood(), "the server doesn't run");
        assertTrue(report.text(Ansi.OFF).contains("2 in the way"), report.text(Ansi.OFF));
        assertTrue(report.json().contains("\"good\" : false"), report::json);
    }
}
