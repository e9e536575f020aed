package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.turnd.server.engine.EngineFixture.address;
import static org.turnd.server.engine.MobileHome.allocate;
import static org.turnd.server.engine.MobileHome.assertPeerReaches;
import static org.turnd.server.engine.MobileHome.assertReachesPeer;
import static org.turnd.server.engine.MobileHome.letIn;
import static org.turnd.server.engine.MobileHome.refused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.Octets;
import org.turnd.stun.StunAttribute.AdditionalAddressFamily;
import org.turnd.stun.StunAttribute.EvenPort;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunAttribute.RequestedAddressFamily;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;

/// CONFORMANCE section M: which tickets are good, and what they tell (RFC 8016).
class MobilityTicketConformanceTest {
    private static final byte[] DATA = {1, 2, 3, 4};
    private static final int CHANNEL = 0x4000;
    private static final MobilityTicket WANTED = new MobilityTicket(Octets.EMPTY);

    private final EngineFixture fixture = new EngineFixture();
    private final TestClient client = fixture.udp();

    @Test
    @Tag("M-04")
    void refusesATicketFromWhereTheClientIs() {
        MobileHome home = allocate(client);
        assertEquals(400, refused(client, home.ticket()));
        TestClient moved = fixture.udp();
        MobilityTicket fresh = letIn(moved, home.ticket());
        // It has two places now.
        assertEquals(400, refused(client, fresh));
        assertEquals(400, refused(moved, fresh));
        assertReachesPeer(moved, home);
        assertEquals(400, refused(moved, fresh));
        letIn(client, fresh);
    }

    @Test
    @Tag("M-04")
    @Tag("W-10")
    void refusesForgedAlteredAndTruncatedTickets() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        byte[] good = home.ticket().value().toByteArray();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] altered = good.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(400, refused(moved, new MobilityTicket(Octets.of(altered))));
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertEquals(400, refused(moved, new MobilityTicket(Octets.of(cut))));
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertEquals(400, refused(moved, new MobilityTicket(Octets.of(longer))));
        assertEquals(400, refused(moved, new MobilityTicket(Octets.of(new byte[500]))));
        // Another process has another key.
        EngineFixture other = new EngineFixture(options -> options.seed = 2);
        assertEquals(400, other.udp().refusal(StunMethod.REFRESH, home.ticket()));
        // None of it did any harm.
        letIn(moved, home.ticket());
    }

    @Test
    @Tag("M-04")
    @Tag("W-10")
    void tellsAnEndedAllocationFromABadTicket() {
        MobileHome expired = allocate(client);
        fixture.advance(600);
        assertEquals(437, refused(fixture.udp(), expired.ticket()));
        TestClient second = fixture.udp();
        MobileHome deleted = allocate(second);
        second.refresh(0);
        assertEquals(437, refused(fixture.udp(), deleted.ticket()));
        assertEquals(437, refused(second, deleted.ticket()));
        // Late timers make no difference.
        TestClient third = fixture.udp();
        MobileHome late = allocate(third);
        fixture.advanceSilently(600);
        TestClient.Exchange answer = fixture.udp().ask(StunMethod.REFRESH, late.ticket());
        assertEquals(437, answer.errorCode());
        assertEquals(List.of(new Output.CloseRelay(late.relayed())), answer.effects());
    }

    @Test
    @Tag("M-04")
    void refusesAStolenTicket() {
        MobileHome home = allocate(client);
        TestClient thief = fixture.udp().as(EngineFixture.OTHER_USER, EngineFixture.OTHER_PASSWORD);
        assertEquals(441, refused(thief, home.ticket()));
        TestClient stranger = fixture.udp().as("mallory", "guess");
        assertEquals(401, refused(stranger, home.ticket()));
        TestClient guesser = fixture.udp().as(EngineFixture.USER, "guess");
        assertEquals(401, refused(guesser, home.ticket()));
        assertPeerReaches(fixture, client, home);
        letIn(fixture.udp(), home.ticket());
    }

    @Test
    @Tag("M-04")
    void leavesTwoAllocationsOfOneUserApart() {
        MobileHome home = allocate(client);
        TestClient other = fixture.udp();
        MobileHome otherHome = allocate(other);
        // A five-tuple has one allocation.
        assertEquals(437, refused(other, home.ticket()));
        assertEquals(437, refused(client, otherHome.ticket()));
        TestClient moving = fixture.udp();
        letIn(moving, home.ticket());
        assertEquals(437, refused(moving, otherHome.ticket()));
        assertEquals(437, moving.refusal(StunMethod.ALLOCATE, TestClient.UDP));
        assertPeerReaches(fixture, other, otherHome);
        assertPeerReaches(fixture, client, home);
    }

    @Test
    @Tag("M-04")
    void refusesTicketsWhenMobilityHasBeenSwitchedOff() {
        MobileHome home = allocate(client);
        EngineFixture off = new EngineFixture(options -> options.mobility = false);
        assertEquals(405, off.udp().refusal(StunMethod.REFRESH, home.ticket()));
        TestClient owner = off.udp();
        owner.allocate();
        assertEquals(405, owner.refusal(StunMethod.REFRESH, WANTED));
    }

    @Test
    @Tag("M-04")
    void changesNothingWhenTheRefreshItselfIsRefused() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        RequestedAddressFamily ipv6 = new RequestedAddressFamily(AddressFamily.IPV6.code());
        assertEquals(443, moved.refusal(StunMethod.REFRESH, home.ticket(), ipv6));
        assertEquals(List.of(), moved.channelData(CHANNEL, DATA));
        TestClient tunnel = fixture.udp(0, address("2001:0:1::1", 4000));
        assertEquals(403, refused(tunnel, home.ticket()));
        letIn(moved, home.ticket());
    }

    @Test
    @Tag("M-06")
    void answersARetransmissionAsBeforeAndNothingElseWithTheOldTicket() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        byte[] request = moved.signed(StunMethod.REFRESH, home.ticket());
        TestClient.Exchange first = moved.exchange(request);
        assertEquals(0, first.errorCode());
        TestClient elsewhere = fixture.udp();
        for (int second = 0; second < 39; second++) {
            assertEquals(first.bytes(), moved.exchange(request).bytes());
            assertEquals(400, refused(elsewhere, home.ticket()));
            assertEquals(400, refused(moved, home.ticket()));
            if (second == 20) {
                // Also when the move is over.
                assertReachesPeer(moved, home);
            }
            fixture.advance(1);
        }
        fixture.advance(1);
        assertEquals(400, moved.exchange(request).errorCode());
        fixture.advance(600);
        assertEquals(437, moved.exchange(request).errorCode());
    }

    @Test
    @Tag("M-06")
    void takesOnlyTheNewestTicket() {
        MobileHome home = allocate(client);
        List<MobilityTicket> old = new ArrayList<>(List.of(home.ticket()));
        for (int i = 0; i < 5; i++) {
            old.add(letIn(fixture.udp(), old.getLast()));
        }
        MobilityTicket newest = old.removeLast();
        for (MobilityTicket ticket : old) {
            assertEquals(400, refused(fixture.udp(), ticket));
        }
        // Who was let in and never sent anything holds no five-tuple.
        TestClient last = fixture.udp();
        letIn(last, newest);
        assertPeerReaches(fixture, client, home);
        assertReachesPeer(last, home);
        assertEquals(1, fixture.engine.allocationCount());
    }

    @Test
    @Tag("M-07")
    @Tag("A-30")
    void fitsTheLargestAnswerIntoAnyDatagram() {
        client.sha256 = true;
        TestMessage request =
                client.request(StunMethod.ALLOCATE)
                        .put(
                                TestClient.UDP,
                                new AdditionalAddressFamily(AddressFamily.IPV6.code()),
                                new EvenPort(false),
                                WANTED);
        TestClient.Exchange answer = client.exchange(client.sign(request).fingerprint().bytes());
        assertEquals(0, answer.errorCode());
        assertEquals(2, answer.answer().all(XorRelayedAddress.class).size());
        assertTrue(answer.bytes().length() <= 548, () -> answer.bytes().length() + " bytes");
    }

    @Test
    @Tag("M-07")
    void tellsNothingByItsTickets() {
        // All bytes but the format's vary, and no bit of them stands still.
        int[] ones = new int[MobilityTickets.LENGTH * 8];
        int tickets = 400;
        for (int i = 0; i < tickets; i++) {
            byte[] ticket = allocate(fixture.udp()).ticket().value().toByteArray();
            for (int bit = 8; bit < ones.length; bit++) {
                ones[bit] += ticket[bit / 8] >> bit % 8 & 1;
            }
        }
        for (int bit = 8; bit < ones.length; bit++) {
            int count = ones[bit];
            assertTrue(count > tickets / 4 && count < tickets * 3 / 4, "bit " + bit + ": " + count);
        }
    }

    @Test
    @Tag("M-07")
    void wantsCredentialsForATicket() {
        MobileHome home = allocate(client);
        TestClient moved = fixture.udp();
        TestClient.Exchange answer =
                moved.exchange(moved.request(StunMethod.REFRESH).put(home.ticket()).bytes());
        assertEquals(401, answer.errorCode());
        // A nonce of another address is no good either: nobody moves data to where he isn't.
        TestClient spoofed = fixture.udp();
        spoofed.nonce = client.nonce;
        assertEquals(438, spoofed.ask(StunMethod.REFRESH, home.ticket()).errorCode());
        assertPeerReaches(fixture, client, home);
    }

    @Test
    @Tag("M-03")
    @Tag("E-04")
    void takesTheKeyThatTheAllocationBeganWith() {
        MobileHome home = allocate(client);
        fixture.credentials.remove(EngineFixture.USER);
        assertEquals(401, fixture.udp().askAllocate().errorCode());
        letIn(fixture.udp(), home.ticket());
    }
}
