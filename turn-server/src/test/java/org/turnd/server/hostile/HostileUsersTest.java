package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Auth;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.server.engine.Counter;
import org.turnd.server.net.Eventually;
import org.turnd.server.net.OpenFiles;
import org.turnd.server.net.TestSettings;
import org.turnd.server.ops.EventLog;
import org.turnd.server.ops.EventPublisher;
import org.turnd.stun.AttributeType;
import org.turnd.stun.Octets;
import org.turnd.stun.RestCredentials;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;

/// Users who want more than is theirs, and strangers who want anything.
@Timeout(60)
class HostileUsersTest {
    private static final String BOB = "bob";
    private static final String BOBS_PASSWORD = "battery horse staple correct";
    private static final String SECRET = "north-of-the-river-77";
    private static final int CHANNEL = 0x4000;

    private static TurnServer start(TestSettings settings) throws Exception {
        return settings(settings).start();
    }

    private static TestSettings settings(TestSettings settings) {
        return settings.auth(HostileUsersTest::withBob)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0);
    }

    private static Auth withBob(Auth auth) {
        var users = new ArrayList<User>(auth.users());
        users.add(User.of(BOB, TestSettings.REALM, BOBS_PASSWORD));
        return new Auth(List.of(new Secret(SECRET)), users, auth.nonceLifetime());
    }

    private static RawMessage refresh(int seconds) {
        return new RawMessage(StunMethod.REFRESH).lifetime(seconds);
    }

    private static long count(TurnServer server, Counter counter) {
        return server.shards().stream().mapToLong(s -> s.engineCounters().get(counter)).sum();
    }

    // Guesses from one source are soon not even looked at; the user, who is elsewhere, doesn't
    // notice.
    @Test
    void passwordGuessing() throws Exception {
        try (var server = start(new TestSettings().shards(1).failedLoginsPerMinute(3));
                var guesser = Attacker.udp(server, "127.0.0.66");
                var user = Attacker.udp(server)) {
            guesser.challenge();
            for (int guess = 0; guess < 3; guess++) {
                guesser.as(TestSettings.USER, "guess " + guess);
                var allocate = new RawMessage(StunMethod.ALLOCATE).udp();
                assertEquals(401, guesser.askSigned(allocate).code());
            }
            for (int guess = 3; guess < 100; guess++) {
                guesser.as(TestSettings.USER, "guess " + guess);
                var allocate = guesser.sign(new RawMessage(StunMethod.ALLOCATE).udp());
                guesser.wire().send(allocate.bytes());
            }
            // Nor is the right one, and nothing was answered meanwhile.
            guesser.as(TestSettings.USER, TestSettings.PASSWORD);
            var right = guesser.sign(new RawMessage(StunMethod.ALLOCATE).udp());
            guesser.wire().send(right.bytes());
            var binding = guesser.ask(new RawMessage(StunMethod.BINDING));
            assertEquals(StunMethod.BINDING, binding.message().method());
            assertEquals(98, count(server, Counter.DROPPED_LOGIN_RATE));
            user.allocate();
            // Another user of the same source isn't shut out, either.
            guesser.as(BOB, BOBS_PASSWORD).allocate();
        }
    }

    // Whoever is behind the same NAT port, or forges it, is not whoever made the allocation.
    @Test
    void otherUsersFiveTuple() throws Exception {
        try (var server = start(new TestSettings());
                var client = Attacker.udp(server)) {
            client.allocate();
            client.as(BOB, BOBS_PASSWORD);
            var peer = TestSettings.address("127.0.0.1", 9);
            for (var message :
                    List.of(
                            refresh(0),
                            new RawMessage(StunMethod.CREATE_PERMISSION).peer(peer),
                            new RawMessage(StunMethod.CHANNEL_BIND).channel(CHANNEL).peer(peer))) {
                assertEquals(441, client.askSigned(message).code());
            }
            client.as(TestSettings.USER, TestSettings.PASSWORD);
            assertEquals(0, client.askSigned(refresh(600)).code());
        }
    }

    // A nonce taken from the wire is worth nothing elsewhere: not at another port, not on TCP.
    @Test
    void nonceFromAnotherSource() throws Exception {
        try (var server = start(new TestSettings());
                var client = Attacker.udp(server);
                var elsewhere = Attacker.udp(server);
                var onTcp = Attacker.tcp(server)) {
            client.challenge();
            for (Attacker thief : List.of(elsewhere, onTcp)) {
                thief.withNonce(client.nonce());
                var allocate = new RawMessage(StunMethod.ALLOCATE).udp();
                assertEquals(438, thief.askSigned(allocate).code());
            }
        }
    }

    // Strangers' requests, and those with a wrong password, leave nothing: no allocation, no port,
    // no file.
    @Test
    void preAuthenticationState() throws Exception {
        try (var server = start(new TestSettings());
                var probe = Attacker.udp(server)) {
            probe.challenge();
            int files = OpenFiles.count();
            for (int i = 0; i < 300; i++) {
                try (var stranger = Attacker.udp(server).as("nobody" + i, "guess")) {
                    stranger.challenge();
                    var allocate = new RawMessage(StunMethod.ALLOCATE).udp();
                    assertEquals(401, stranger.askSigned(allocate).code());
                    assertEquals(401, stranger.askSigned(refresh(600)).code());
                }
            }
            assertEquals(0, server.allocationCount());
            assertEquals(0, count(server, Counter.ALLOCATIONS_CREATED));
            Eventually.equal(files, OpenFiles::count);
        }
    }

    // Who asks whether somebody has an account gets the same answer, octet for octet but for what
    // is random.
    @Test
    void userEnumeration() throws Exception {
        try (var server = start(new TestSettings());
                var client = Attacker.udp(server)) {
            client.challenge();
            var allocate = new RawMessage(StunMethod.ALLOCATE).udp();
            var known = client.as(BOB, "guess").askSigned(allocate);
            var unknown =
                    client.as("eve", "guess").askSigned(new RawMessage(StunMethod.ALLOCATE).udp());
            assertEquals(known.bytes().length, unknown.bytes().length);
            assertEquals(
                    known.message().attributes().stream().map(Object::getClass).toList(),
                    unknown.message().attributes().stream().map(Object::getClass).toList());
            assertEquals(known.code(), unknown.code());
        }
    }

    private static String username(String id) {
        return (System.currentTimeMillis() / 1000 + 3600) + ":" + id;
    }

    // An advisory: USERNAME as a format string. And what a name could do to a log: end its line,
    // begin another, steer a terminal, be looked up. An application lets users choose their ids.
    @Test
    void injectionThroughUsername() throws Exception {
        var logger = new LoggerContext().getLogger("hostile");
        logger.setLevel(Level.TRACE);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        logger.addAppender(lines);
        var events =
                new EventPublisher(
                        List.of(new EventLog(logger, System::nanoTime, true)),
                        System::nanoTime,
                        InstantSource.system());
        List<String> ids =
                List.of(
                        "%s%s%s%n%x{}{}",
                        "${jndi:ldap://127.0.0.1/a}",
                        "eve username=root",
                        "eve\"} {\"level\":\"INFO",
                        "eve\n12:00:00 INFO allocation_created username=root",
                        "eve\u001b[2J",
                        "eve\u202e");
        try (var server =
                TurnServer.builder(settings(new TestSettings()).build()).events(events).start()) {
            for (String id : ids) {
                String name = username(id);
                try (var client =
                        Attacker.udp(server).as(name, RestCredentials.password(SECRET, name))) {
                    client.challenge();
                    client.askSigned(new RawMessage(StunMethod.ALLOCATE).udp());
                    client.as(name, "guess").askSigned(refresh(0));
                }
            }
        }
        var texts = new ArrayList<String>();
        for (ILoggingEvent line : List.copyOf(lines.list)) {
            texts.add(line.getFormattedMessage());
            line.getKeyValuePairs().forEach(pair -> texts.add(String.valueOf(pair.value)));
        }
        assertTrue(
                texts.stream().anyMatch(text -> text.endsWith(":" + ids.get(0))), texts::toString);
        assertTrue(
                texts.stream().anyMatch(text -> text.endsWith(":" + ids.get(1))), texts::toString);
        for (String text : texts) {
            assertTrue(text.chars().allMatch(c -> c >= ' ' && c != '"' && c < 0x7F), text);
        }
    }

    private static MobilityTicket ticket(Attacker.Answer answer) {
        MobilityTicket ticket = answer.message().first(MobilityTicket.class);
        assertNotNull(ticket, answer::toString);
        return ticket == null ? new MobilityTicket(Octets.EMPTY) : ticket;
    }

    private static RawMessage mobile(StunMethod method) {
        return new RawMessage(method).udp().attribute(AttributeType.MOBILITY_TICKET);
    }

    private static RawMessage resume(MobilityTicket ticket) {
        return new RawMessage(StunMethod.REFRESH)
                .attribute(AttributeType.MOBILITY_TICKET, ticket.value().toByteArray());
    }

    private static void sendsData(Attacker client) throws Exception {
        client.wire().send(ByteBuffer.allocate(8).putShort((short) CHANNEL).array());
    }

    // An advisory: who moved away left an allocation that no longer counted.
    @Test
    void quotaBypassByMobility() throws Exception {
        try (var server =
                        start(
                                new TestSettings()
                                        .mobility(Duration.ofMinutes(1))
                                        .allocationsPerUser(2));
                var first = Attacker.udp(server);
                var second = Attacker.udp(server);
                var third = Attacker.udp(server)) {
            first.challenge();
            second.challenge();
            third.challenge();
            var ticket = ticket(first.askSigned(mobile(StunMethod.ALLOCATE)));
            assertEquals(0, second.askSigned(resume(ticket)).code());
            sendsData(second);
            Eventually.holds(() -> count(server, Counter.CLIENTS_MOVED) == 1);
            // The place is free, the quota isn't.
            assertEquals(0, first.askSigned(mobile(StunMethod.ALLOCATE)).code());
            assertEquals(486, third.askSigned(mobile(StunMethod.ALLOCATE)).code());
            // Nor is it given back twice.
            assertEquals(0, second.askSigned(refresh(0)).code());
            assertNotEquals(0, second.askSigned(refresh(0)).code());
            assertEquals(0, third.askSigned(mobile(StunMethod.ALLOCATE)).code());
            assertEquals(486, second.askSigned(mobile(StunMethod.ALLOCATE)).code());
            Eventually.equal(2, server::allocationCount);
        }
    }

    // An advisory: each resume that nobody finished stayed. An allocation has two places at most.
    @Test
    void unboundedMobilityResumes() throws Exception {
        var places = new ArrayList<Attacker>();
        try (var server = start(new TestSettings().mobility(Duration.ofMinutes(1)));
                var first = Attacker.udp(server)) {
            first.challenge();
            var ticket = ticket(first.askSigned(mobile(StunMethod.ALLOCATE)));
            places.add(first);
            for (int i = 0; i < 40; i++) {
                var place = Attacker.udp(server);
                places.add(place);
                place.challenge();
                var answer = place.askSigned(resume(ticket));
                assertEquals(0, answer.code());
                ticket = ticket(answer);
            }
            int served = 0;
            for (Attacker place : places) {
                served += place.askSigned(refresh(600)).code() == 0 ? 1 : 0;
            }
            assertEquals(2, served);
            assertEquals(1, server.allocationCount());
        } finally {
            for (Attacker place : places) {
                place.close();
            }
        }
    }

    // A commit: a resume was not bound to the owner of the allocation.
    @Test
    void anotherUsersTicket() throws Exception {
        try (var server = start(new TestSettings().mobility(Duration.ofMinutes(1)));
                var owner = Attacker.udp(server);
                var thief = Attacker.udp(server).as(BOB, BOBS_PASSWORD)) {
            owner.challenge();
            thief.challenge();
            var ticket = ticket(owner.askSigned(mobile(StunMethod.ALLOCATE)));
            assertEquals(441, thief.askSigned(resume(ticket)).code());
            assertEquals(0, owner.askSigned(refresh(600)).code());
        }
    }

    // An advisory: EVEN-PORT without a reservation kept the port above for good.
    @Test
    void evenPortLeak() throws Exception {
        int first = ThreadLocalRandom.current().nextInt(61_000 / 8, 65_000 / 8) * 8;
        try (var server = start(new TestSettings().relayPorts(first, first + 7));
                var client = Attacker.udp(server)) {
            client.challenge();
            for (int i = 0; i < 40; i++) {
                var even =
                        new RawMessage(StunMethod.ALLOCATE)
                                .udp()
                                .attribute(AttributeType.EVEN_PORT, (byte) 0);
                var answer = client.askSigned(even);
                var relayed = answer.message().first(XorRelayedAddress.class);
                assertNotNull(relayed, answer::toString);
                assertEquals(0, relayed.address().port() & 1);
                // What is refused leaks nothing either.
                var again =
                        new RawMessage(StunMethod.ALLOCATE)
                                .udp()
                                .attribute(AttributeType.EVEN_PORT, (byte) 0x80);
                assertEquals(437, client.askSigned(again).code());
                assertEquals(0, client.askSigned(refresh(0)).code());
            }
            assertFalse(server.allocationCount() > 1);
        }
    }

    // Allocations of a user beyond its quota: the bound that one server promised and didn't hold.
    @Test
    void quotaPerUser() throws Exception {
        var clients = new ArrayList<Attacker>();
        try (var server = start(new TestSettings().allocationsPerUser(3))) {
            for (int i = 0; i < 5; i++) {
                var client = i % 2 == 0 ? Attacker.udp(server) : Attacker.tcp(server);
                clients.add(client);
                client.challenge();
                var allocate = new RawMessage(StunMethod.ALLOCATE).udp();
                assertEquals(i < 3 ? 0 : 486, client.askSigned(allocate).code());
            }
            try (var bob = Attacker.udp(server).as(BOB, BOBS_PASSWORD)) {
                bob.allocate();
            }
        } finally {
            for (Attacker client : clients) {
                client.close();
            }
        }
    }
}
