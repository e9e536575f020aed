package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.IceServerUri.Scheme;
import org.turnd.stun.IceServerUri.Transport;

class IceServerUriTest {
    private record Case(String text, IceServerUri uri, String shortest) {}

    private static Case row(
            String text, Scheme scheme, String host, int port, Transport transport, String again) {
        return new Case(text, new IceServerUri(scheme, host, port, transport), again);
    }

    // The tables of RFC 7064 appendix B and RFC 7065 appendix B, and some more.
    private static final List<Case> CASES =
            List.of(
                    row("stun:example.org", Scheme.STUN, "example.org", 3478, Transport.UDP, ""),
                    row("stuns:example.org", Scheme.STUNS, "example.org", 5349, Transport.TCP, ""),
                    row(
                            "stun:example.org:8000",
                            Scheme.STUN,
                            "example.org",
                            8000,
                            Transport.UDP,
                            ""),
                    row("turn:example.org", Scheme.TURN, "example.org", 3478, Transport.UDP, ""),
                    row("turns:example.org", Scheme.TURNS, "example.org", 5349, Transport.TCP, ""),
                    row(
                            "turn:example.org:8000?transport=tcp",
                            Scheme.TURN,
                            "example.org",
                            8000,
                            Transport.TCP,
                            ""),
                    row(
                            "turn:example.org?transport=udp",
                            Scheme.TURN,
                            "example.org",
                            3478,
                            Transport.UDP,
                            "turn:example.org"),
                    row(
                            "turns:example.org:443?transport=udp",
                            Scheme.TURNS,
                            "example.org",
                            443,
                            Transport.UDP,
                            ""),
                    row(
                            "TURN:192.0.2.1:3478?transport=UDP",
                            Scheme.TURN,
                            "192.0.2.1",
                            3478,
                            Transport.UDP,
                            "turn:192.0.2.1"),
                    row("stun:[2001:db8::1]", Scheme.STUN, "2001:db8::1", 3478, Transport.UDP, ""),
                    row(
                            "turns:[2001:db8::1]:65535?transport=tcp",
                            Scheme.TURNS,
                            "2001:db8::1",
                            65535,
                            Transport.TCP,
                            "turns:[2001:db8::1]:65535"));

    @Test
    @Tag("P-13")
    void parsesEveryForm() {
        for (Case c : CASES) {
            assertEquals(new IceServerUri.Valid(c.uri), IceServerUri.parse(c.text), c.text);
        }
    }

    @Test
    @Tag("P-13")
    void writesTheShortestForm() {
        for (Case c : CASES) {
            assertEquals(c.shortest.isEmpty() ? c.text : c.shortest, c.uri.toString());
            assertEquals(new IceServerUri.Valid(c.uri), IceServerUri.parse(c.uri.toString()));
        }
    }

    @Test
    @Tag("P-13")
    void saysWhatIsWrong() {
        for (String text :
                List.of(
                        "",
                        "example.org",
                        "http:example.org",
                        "turn://example.org",
                        "turn:",
                        "turn::3478",
                        "turn:?transport=udp",
                        "turn:example.org:",
                        "turn:example.org:0",
                        "turn:example.org:65536",
                        "turn:example.org:034780",
                        "turn:example.org:+1",
                        "turn:user@example.org",
                        "turn:example.org/path",
                        "turn:example.org#fragment",
                        "turn:example.org?transport=sctp",
                        "turn:example.org?transport=",
                        "turn:example.org?",
                        "turn:example.org?transport=udp&x=y",
                        "stun:example.org?transport=udp",
                        "turn:[2001:db8::1",
                        "turn:[]",
                        "turn:[1.2.3.4]",
                        "turn:[fe80::1%eth0]",
                        "turn:[::1]3478",
                        "turn:2001:db8::1",
                        "turn:ex ample.org",
                        "turn:" + "a".repeat(254))) {
            IceServerUri.Problem problem =
                    assertInstanceOf(
                            IceServerUri.Problem.class, IceServerUri.parse(text), () -> text);
            assertFalse(problem.text().isBlank());
        }
    }
}
