package org.turnd.cli.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.CheckStep.Verdict;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

/// The steps of a check at one address. Alice and Bob are two clients of the same server: what one
/// sends to the other's relayed address passes every part of it.
final class EndpointCheck {
    private static final int BINDINGS = 5;
    private static final int PACKETS = 10;
    private static final int LOST_IN_A_ROW_MAX = 3;
    private static final int PAYLOAD_BYTES = 160;
    private static final int CHANNEL = 0x4000;
    private static final Duration PACKET_PATIENCE = Duration.ofSeconds(1);
    private static final int ANY_PORT = 9;

    private final Subject subject;
    private final Endpoint endpoint;
    private final ClientOptions options;
    private final List<CheckStep> steps = new ArrayList<>();
    private String step = "connect";
    private String software = "";
    private @Nullable TransportAddress mapped;
    private @Nullable TransportAddress relayed;
    private @Nullable TlsFacts tls;
    private final List<Ability> abilities = new ArrayList<>();

    EndpointCheck(Subject subject, Endpoint endpoint, ClientOptions options) {
        this.subject = subject;
        this.endpoint = endpoint;
        this.options = options;
    }

    CheckReport run() {
        try (var alice = connect()) {
            bind(alice);
            if (endpoint.carrier() == Carrier.UDP) {
                abilities.add(new BehaviourCheck(endpoint.address()).run(alice.otherAddress()));
            }
            if (subject.uri().scheme().isTurn()) {
                allocateAndRelay(alice);
            }
        } catch (TurnFailure e) {
            steps.add(Diagnosis.failed(step, e.failure(), subject));
        }
        return new CheckReport(
                subject.uri().toString(),
                endpoint.address(),
                software,
                mapped,
                relayed,
                tls,
                steps,
                abilities);
    }

    private TurnClient connect() throws TurnFailure {
        long start = System.nanoTime();
        var client = TurnClient.connect(endpoint, options);
        var took = new RoundTrips(1, List.of(Duration.ofNanos(System.nanoTime() - start)));
        tls = client.tls();
        if (tls != null) {
            steps.add(
                    CheckStep.ok("tls", TlsAdvice.finding(tls, subject.now()), null)
                            .warning(TlsAdvice.ofFacts(tls, subject)));
        } else if (endpoint.carrier().isReliable()) {
            steps.add(CheckStep.ok("connect", "TCP connection", took));
        }
        return client;
    }

    private void bind(TurnClient alice) throws TurnFailure {
        step = "binding";
        var seen = alice.bind();
        mapped = seen;
        software = alice.software();
        var times = new ArrayList<Duration>();
        for (var i = 0; i < BINDINGS; i++) {
            alice.bind();
            times.add(alice.lastRoundTrip());
        }
        var local = alice.localAddress();
        steps.add(
                CheckStep.ok(
                                step,
                                "you are " + seen + ", " + AddressAdvice.ofWay(seen, local),
                                new RoundTrips(BINDINGS, times))
                        .warning(AddressAdvice.ofMapped(seen, local, endpoint.address())));
    }

    private void allocateAndRelay(TurnClient alice) throws TurnFailure {
        step = "allocate";
        var aliceRelay = alice.allocate(null);
        var took = new RoundTrips(1, List.of(alice.lastRoundTrip()));
        relayed = aliceRelay.relayed();
        var finding =
                "relayed address "
                        + aliceRelay.relayed()
                        + " for "
                        + aliceRelay.lifetimeSeconds()
                        + " s";
        var useless = AddressAdvice.ofRelayed(aliceRelay.relayed(), endpoint.address());
        if (!useless.isEmpty()) {
            steps.add(CheckStep.failed(step, finding, useless));
            return;
        }
        steps.add(
                CheckStep.ok(step, finding, took)
                        .warning(
                                alice.wasAskedForCredentials()
                                        ? List.of()
                                        : Diagnosis.openRelay()));
        step = "relay";
        try (var bob = TurnClient.connect(endpoint, options)) {
            var bobRelay = bob.allocate(null).relayed();
            bob.createPermission(aliceRelay.relayed());
            alice.bindChannel(CHANNEL, bobRelay);
            steps.add(exchange(alice, bob, aliceRelay.relayed()));
        }
        step = "peers";
        steps.add(deniesInnerPeers(alice, aliceRelay.relayed()));
        abilities.addAll(new AbilityCheck(subject, endpoint, options).run(alice.authentication()));
    }

    /// Alice sends on her channel, Bob answers with Send indications: every form of data once.
    private CheckStep exchange(TurnClient alice, TurnClient bob, TransportAddress aliceRelay)
            throws TurnFailure {
        var times = new ArrayList<Duration>();
        var sent = 0;
        for (var lostInARow = 0; sent < PACKETS && lostInARow < LOST_IN_A_ROW_MAX; ) {
            var payload = payload(sent++);
            long start = System.nanoTime();
            alice.sendOnChannel(CHANNEL, payload);
            if (arrives(bob, payload)) {
                bob.send(aliceRelay, payload);
            }
            if (arrives(alice, payload)) {
                times.add(Duration.ofNanos(System.nanoTime() - start));
                lostInARow = 0;
            } else {
                lostInARow++;
            }
        }
        var finding = times.size() + " of " + sent + " packets there and back through two relays";
        if (times.isEmpty()) {
            return CheckStep.failed(step, finding, Diagnosis.ofLostData());
        }
        var passed = CheckStep.ok(step, finding, new RoundTrips(sent, times));
        return times.size() == sent ? passed : passed.warning(Diagnosis.ofSomeLostData());
    }

    private static boolean arrives(TurnClient client, Octets payload) throws TurnFailure {
        long deadline = System.nanoTime() + PACKET_PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var received = client.receive(Duration.ofNanos(deadline - System.nanoTime()));
            if (received != null && received.data().equals(payload)) {
                return true;
            }
        }
        return false;
    }

    private static Octets payload(int number) {
        var bytes = new byte[PAYLOAD_BYTES];
        Arrays.fill(bytes, (byte) number);
        return Octets.of(bytes);
    }

    /// Nothing is sent to these peers: asking for permission is enough to see what is let through.
    private CheckStep deniesInnerPeers(TurnClient alice, TransportAddress aliceRelay)
            throws TurnFailure {
        var reachable = new ArrayList<String>();
        for (var peer : InnerPeer.of(aliceRelay.family())) {
            try {
                alice.createPermission(peer.address().withPort(ANY_PORT));
                reachable.add(peer.address().host() + " (" + peer.what() + ")");
            } catch (TurnFailure e) {
                if (!(e.failure() instanceof Failure.ErrorResponse)) {
                    throw e;
                }
            }
        }
        return reachable.isEmpty()
                ? CheckStep.ok(step, "the server keeps clients away from its own network", null)
                : new CheckStep(
                        step,
                        Verdict.WARNING,
                        "clients may reach " + String.join(" and ", reachable),
                        null,
                        Diagnosis.ofReachableInnerPeers());
    }
}
