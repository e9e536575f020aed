package org.turnd.cli.check;

import java.util.List;
import java.util.Locale;
import org.turnd.stun.StunMethod;

/// Says in words what went wrong, what the likely causes are and what to do.
final class Diagnosis {
    private Diagnosis() {}

    /// Returns a failed step with all there is to say about it.
    static CheckStep failed(String step, Failure failure, Subject subject) {
        var name = failure instanceof Failure.TlsRefused ? "tls" : step;
        return CheckStep.failed(name, finding(failure, subject), advice(failure, subject));
    }

    /// Returns what went wrong, in words.
    static String finding(Failure failure, Subject subject) {
        return switch (failure) {
            case Failure.UnknownHost(var host) -> "the name " + host + " has no address";
            case Failure.ConnectionRefused() -> "refused: nobody listens on " + subject.port();
            case Failure.Unreachable(var why) -> "no way there: " + why;
            case Failure.Silence(var what, var waited) ->
                    String.format(
                            Locale.ROOT,
                            "no %s within %.1f s",
                            bare(what),
                            waited.toMillis() / 1e3);
            case Failure.Closed(var why) -> "the connection ended: " + why;
            case Failure.TlsRefused refused -> TlsAdvice.finding(refused);
            case Failure.ErrorResponse(var method, var code, var reason, var authenticated) ->
                    method.rfcName() + " was answered " + (code + " " + reason).strip();
            case Failure.BadAnswer(var why) -> why;
        };
    }

    private static String bare(String what) {
        return what.startsWith("an ") ? what.substring(3) : what.replaceFirst("^a ", "");
    }

    private static List<Advice> advice(Failure failure, Subject subject) {
        return switch (failure) {
            case Failure.UnknownHost(var host) ->
                    List.of(
                            new Advice(
                                    "the name is misspelt, or its DNS record is missing",
                                    "look it up: getent ahosts " + host));
            case Failure.ConnectionRefused() -> ofRefused(subject);
            case Failure.Unreachable(var why) -> ofUnreachable(subject);
            case Failure.Silence silence -> ofSilence(silence, subject);
            case Failure.Closed(var why) -> ofClosed(subject);
            case Failure.TlsRefused refused -> TlsAdvice.ofRefused(refused, subject);
            case Failure.ErrorResponse error -> ErrorAdvice.of(error, subject);
            case Failure.BadAnswer(var why) ->
                    List.of(
                            new Advice(
                                    "what listens there is no TURN server, or there is something"
                                            + " in between that changes messages",
                                    "compare host and port with the server's listeners; an ALG in"
                                            + " a router can be switched off"));
        };
    }

    private static List<Advice> ofRefused(Subject subject) {
        return List.of(
                new Advice(
                        "the server does not run, or listens on another port or address",
                        "on the server: ss -lntup shows who listens where; compare with listeners.*"),
                new Advice("a firewall rejects " + subject.port(), "open it, and ask again"));
    }

    private static List<Advice> ofUnreachable(Subject subject) {
        return List.of(
                subject.uri().host().indexOf(':') >= 0
                        ? new Advice(
                                "this machine has no IPv6 way to the server",
                                "check from a machine that has")
                        : new Advice(
                                "this machine has no route there, or its own firewall forbids it",
                                "ip route get " + subject.uri().host()));
    }

    private static List<Advice> ofSilence(Failure.Silence silence, Subject subject) {
        return switch (subject.carrier()) {
            case UDP, DTLS ->
                    List.of(
                            new Advice(
                                    "a firewall before the server drops " + subject.port(),
                                    "open it, in the cloud's rules as well as on the machine"),
                            new Advice(
                                    "the network you are in blocks UDP",
                                    "check ?transport=tcp and turns: as well: clients in such"
                                            + " networks need them"),
                            new Advice(
                                    "the address is not the server's, or the server is down",
                                    "on the server: ss -lnup"));
            case TCP, TLS ->
                    silence.what().contains("TCP connection")
                            ? List.of(
                                    new Advice(
                                            "a firewall drops " + subject.port(),
                                            "open it, in the cloud's rules as well as on the"
                                                    + " machine"),
                                    new Advice(
                                            "the address is not the server's, or the machine is"
                                                    + " down",
                                            "ping " + subject.uri().host()))
                            : List.of(
                                    new Advice(
                                            "something listens there that does not speak "
                                                    + (subject.carrier() == Carrier.TLS
                                                            ? "TLS"
                                                            : "STUN"),
                                            subject.carrier() == Carrier.TLS
                                                    ? "turns: belongs to the TLS port, usually"
                                                            + " 5349 or 443"
                                                    : "turn: belongs to the plain port, usually"
                                                            + " 3478; the TLS port needs turns:"));
        };
    }

    private static List<Advice> ofClosed(Subject subject) {
        return List.of(
                subject.carrier() == Carrier.TLS
                        ? new Advice(
                                "the server takes no TLS there: it has no certificate, or the port"
                                        + " belongs to something else",
                                "set tls.certificate and tls.key; its log says why it could not"
                                        + " use them")
                        : new Advice(
                                "the port belongs to something else, such as TLS or a web server,"
                                        + " or the server has too many connections",
                                "turns: for a TLS port; limits.connections; the server's log"));
    }

    /// Returns advice for packets that got lost inside the server's side.
    static List<Advice> ofLostData() {
        return List.of(
                new Advice(
                        "the relay ports can't reach each other: a firewall on the server, or an"
                                + " external address that the server itself can't reach",
                        "open UDP relay.min-port to relay.max-port; tell the server its public"
                                + " address with relay.external-ipv4"));
    }

    static List<Advice> ofSomeLostData() {
        return List.of(
                new Advice(
                        "packets get lost between here and the server",
                        "check again from another network; if it stays, look at the server's load"
                                + " and its dropped packets"));
    }

    static List<Advice> openRelay() {
        return List.of(
                new Advice(
                        "the server relays for anybody: it asked for no credentials",
                        "set auth.secret, or no-auth off in coturn; strangers will find it"));
    }

    static List<Advice> ofReachableInnerPeers() {
        return List.of(
                new Advice(
                        "the server's rules let clients send to addresses that only its own network"
                                + " should reach; a server for development does so on purpose",
                        "take them out of peers.allow; coturn: denied-peer-ip, no"
                                + " allow-loopback-peers"));
    }

    static boolean isPermission(StunMethod method) {
        return method == StunMethod.CREATE_PERMISSION || method == StunMethod.CHANNEL_BIND;
    }
}
