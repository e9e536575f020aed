package org.turnd.peers.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NatLaboratoryTest {
    @BeforeEach
    void needsRoot() {
        assertEquals("", NatLaboratory.obstacle());
    }

    @Test
    void symmetricNatShowsAnotherPortToEveryDestination() throws IOException {
        try (var lab = NatLaboratory.open(NatLaboratorySpec.of(NatKind.SYMMETRIC))) {
            var answers = ask(lab, lab.serverIpv4(), "one", "two");
            assertTrue(answers.getFirst().startsWith(lab.publicIpv4(0) + " "), answers::toString);
            assertNotEquals(answers.get(0), answers.get(1));
        }
    }

    @Test
    void portRestrictedNatKeepsItsMappingAndKeepsStrangersOut() throws IOException {
        try (var lab = NatLaboratory.open(NatLaboratorySpec.of(NatKind.PORT_RESTRICTED))) {
            var answers = ask(lab, lab.serverIpv4(), "one", "two", "stranger");
            assertTrue(answers.getFirst().startsWith(lab.publicIpv4(0) + " "), answers::toString);
            assertEquals(answers.get(0), answers.get(1));
            assertEquals("nothing", answers.get(2));
        }
    }

    @Test
    void fullConeNatLetsStrangersIn() throws IOException {
        try (var lab = NatLaboratory.open(NatLaboratorySpec.of(NatKind.FULL_CONE))) {
            var answers = ask(lab, lab.serverIpv4(), "one", "two", "stranger");
            assertTrue(answers.getFirst().startsWith(lab.publicIpv4(0) + " "), answers::toString);
            assertEquals(answers.get(0), answers.get(1));
            assertEquals(answers.get(0), answers.get(2));
        }
    }

    @Test
    void natsTranslateIpv6AsWell() throws IOException {
        var spec = NatLaboratorySpec.of(NatKind.SYMMETRIC).withIpv6();
        try (var lab = NatLaboratory.open(spec)) {
            var answers = ask(lab, lab.serverIpv6(), "one", "two");
            assertTrue(answers.getFirst().startsWith("2a11:0:0:1:0:0:0:2 "), answers::toString);
            assertNotEquals(answers.get(0), answers.get(1));
        }
    }

    @Test
    void blockedUdpDoesNotPass() throws IOException {
        try (var lab = NatLaboratory.open(NatLaboratorySpec.of(NatKind.NONE).blockingUdp())) {
            assertEquals(List.of("nothing"), ask(lab, lab.serverIpv4(), "one"));
        }
    }

    @Test
    void serverWithoutDefaultRouteCannotEvenTryPrivateAddresses() {
        var spec = NatLaboratorySpec.of(NatKind.SYMMETRIC);
        try (var lab = NatLaboratory.open(spec);
                var cut = NatLaboratory.open(spec.withoutServerDefaultRoute())) {
            assertEquals(0, lab.server().attempt("ip", "route", "get", "10.0.1.2").exitCode());
            assertEquals(0, cut.server().attempt("ip", "route", "get", "11.0.1.2").exitCode());
            var refused = cut.server().attempt("ip", "route", "get", "10.0.1.2");
            assertTrue(refused.output().contains("unreachable"), refused::output);
        }
    }

    @Test
    void closingLeavesNoNamespaceAndNoProcess() throws IOException {
        Process sleeper;
        String name;
        try (var lab = NatLaboratory.open(NatLaboratorySpec.of(NatKind.NONE, NatKind.SYMMETRIC))) {
            name = lab.server().name();
            assertTrue(namespaces().contains(name));
            sleeper = lab.peer(1).exec("sleep", "1000").start();
        }
        assertFalse(namespaces().contains(name.replace("server", "")), "namespaces are left");
        assertNotEquals(0, sleeper.onExit().join().exitValue());
    }

    @Test
    void endOfTheProcessBySignalLeavesNothing() throws IOException {
        var process = abandon();
        var name = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertTrue(namespaces().contains(name));
        process.destroy();
        process.onExit().join();
        assertFalse(namespaces().contains(name), "the namespace is left");
    }

    @Test
    void whatAKilledProcessLeavesIsRemovedByTheNext() throws IOException {
        var process = abandon();
        var name = process.inputReader(StandardCharsets.UTF_8).readLine();
        process.destroyForcibly().onExit().join();
        assertTrue(namespaces().contains(name));
        NatLaboratory.open(NatLaboratorySpec.of(NatKind.NONE)).close();
        assertFalse(namespaces().contains(name), "the namespace is left");
        assertFalse(Files.exists(Path.of("/etc/netns", name)), "its files are left");
    }

    @Test
    void hostsKnowTheServerByName() {
        try (var lab = NatLaboratory.open(NatLaboratorySpec.of(NatKind.NONE))) {
            var found = lab.peer(0).run("getent", "hosts", lab.serverName());
            assertTrue(found.startsWith(lab.serverIpv4() + " "), found);
        }
    }

    private static Process abandon() throws IOException {
        return new ProcessBuilder(java(AbandonedLaboratory.class)).start();
    }

    private static String namespaces() {
        return HostCommand.run(List.of("ip", "netns", "list"));
    }

    private static List<String> ask(NatLaboratory lab, String mirror, String... questions)
            throws IOException {
        var server = lab.server().exec(probe("mirror")).redirectErrorStream(true).start();
        try (var output =
                new BufferedReader(
                        new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("ready", output.readLine());
            var arguments = new ArrayList<>(List.of("ask", mirror));
            arguments.addAll(List.of(questions));
            var command = probe(arguments.toArray(String[]::new));
            return lab.peer(0).run(command.toArray(String[]::new)).lines().toList();
        } finally {
            server.destroyForcibly();
        }
    }

    private static List<String> probe(String... arguments) {
        return java(UdpProbe.class, arguments);
    }

    private static List<String> java(Class<?> main, String... arguments) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
