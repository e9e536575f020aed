package org.turnd.cli.check;

import java.util.List;

/// What the error codes of RFC 8489 §14.8 and RFC 8656 §19 mean to an operator.
final class ErrorAdvice {
    private ErrorAdvice() {}

    static List<Advice> of(Failure.ErrorResponse error, Subject subject) {
        return switch (error.code()) {
            case 300 ->
                    one(
                            "the server sends its clients to another one",
                            "check that one; browsers follow only some redirections");
            case 400, 420 ->
                    one(
                            "the server does not understand the request",
                            "compare the server's version and log; report it if this is turnd");
            case 401 -> ofUnauthorized(error, subject);
            case 403 -> ofForbidden(error);
            case 437 ->
                    one(
                            "the server has no allocation, or still an old one, for this client"
                                    + " port: it was restarted meanwhile, or something between"
                                    + " changes the client's port",
                            "check again; if it stays, several servers answer at this address");
            case 438 ->
                    one(
                            "every nonce is stale at once: several servers answer in turn without"
                                    + " sharing their key, or the server's clock jumps",
                            "let the load balancer keep each client on one server (by source"
                                    + " address and port)");
            case 440, 443 ->
                    one(
                            "the server relays no addresses of this family",
                            "relay.ipv4 and relay.ipv6 say which it has");
            case 441 ->
                    one(
                            "the client port is in use by another user's allocation",
                            "check again from another port");
            case 442 -> one("the server does not relay UDP", "enable it: browsers need it");
            case 486 ->
                    one(
                            "this user, or this client address, has as many allocations as it may;"
                                    + " those of closed browser tabs live on for up to 10 minutes",
                            "raise limits.allocations-per-user or"
                                    + " limits.allocations-per-address, or give each user a name of"
                                    + " its own; then check again");
            case 508 ->
                    List.of(
                            new Advice(
                                    "no relay port is free",
                                    "widen relay.min-port to relay.max-port, or raise"
                                            + " limits.allocations"),
                            new Advice(
                                    "the relay address is not one of the server's own",
                                    "relay.ipv4 is the local address; the public one belongs into"
                                            + " relay.external-ipv4"));
            case 500 -> one("the server stumbled", "its log says over what");
            default -> one("the server says no more than that", "its log may");
        };
    }

    private static List<Advice> ofUnauthorized(Failure.ErrorResponse error, Subject subject) {
        var credential = subject.credential();
        if (credential == null) {
            return one(
                    "the server wants credentials",
                    "give some: --username NAME --credential PASSWORD");
        }
        return error.authenticated()
                ? CredentialAdvice.of(credential, subject.now())
                : one(
                        "the server asks for credentials in a way that can't be answered",
                        "see its log");
    }

    private static List<Advice> ofForbidden(Failure.ErrorResponse error) {
        return Diagnosis.isPermission(error.method())
                ? one(
                        "the server refuses this peer, although it is a relayed address of its own",
                        "peers.allow lets it through; peers.deny may be too wide")
                : one("the server's rules forbid it", "its log says which rule");
    }

    private static List<Advice> one(String cause, String fix) {
        return List.of(new Advice(cause, fix));
    }
}
