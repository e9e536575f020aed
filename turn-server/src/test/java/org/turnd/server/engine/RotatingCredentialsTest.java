package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunMethod;

/// Credentials that come and go while allocations live.
class RotatingCredentialsTest {
    private final EngineFixture fixture = new EngineFixture();

    @Test
    @DisplayName("E-03 while secrets rotate a user has two keys, and either validates")
    void acceptsEveryKeyOfAUser() {
        fixture.credentials.candidates = 2;
        fixture.credentials.add(EngineFixture.USER, "looking-glass");
        TestClient old = fixture.udp();
        TestClient fresh = fixture.udp().as(EngineFixture.USER, "looking-glass");
        old.allocate();
        fresh.allocate();
        assertEquals(600, old.refresh(600));
        assertEquals(600, fresh.refresh(600));
        TestClient neither = fixture.udp().as(EngineFixture.USER, "jabberwock");
        assertEquals(401, neither.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
    }

    @Test
    @Tag("E-03")
    @DisplayName("E-03 a removed secret: 401 for new clients, with either algorithm")
    void refusesTheKeyOfARemovedSecret() {
        fixture.credentials.candidates = 2;
        fixture.credentials.add(EngineFixture.USER, "looking-glass");
        fixture.credentials.remove(EngineFixture.USER);
        fixture.credentials.add(EngineFixture.USER, "looking-glass");
        for (boolean sha256 : new boolean[] {false, true}) {
            TestClient old = fixture.udp();
            old.sha256 = sha256;
            assertEquals(401, old.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
            TestClient fresh = fixture.udp().as(EngineFixture.USER, "looking-glass");
            fresh.sha256 = sha256;
            fresh.allocate();
        }
    }

    @Test
    @Tag("E-04")
    @DisplayName("E-04 cut: no lifetime beyond the credential's, and the end comes with it")
    void endsAnAllocationWithItsCredential() {
        fixture.credentials.secondsLeft = 100;
        TestClient client = fixture.udp();
        assertEquals(100, client.askAllocate(new Lifetime(3600)).get(Lifetime.class).seconds());
        fixture.advance(60);
        fixture.credentials.remove(EngineFixture.USER);
        assertEquals(40, client.refresh(600));
        fixture.advance(38);
        assertEquals(2, client.refresh(3600));
        fixture.advance(2);
        assertEquals(0, fixture.engine.allocationCount());
        assertEquals(401, client.ask(StunMethod.REFRESH).errorCode());
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
    }

    @Test
    @Tag("E-04")
    @DisplayName("E-04 cut: not even the last second is refreshed away, and nothing is left behind")
    void refusesARefreshInTheLastSecond() {
        fixture.credentials.secondsLeft = 2;
        TestClient client = fixture.udp();
        int ports = fixture.shared.freePorts(AddressFamily.IPV4, fixture.nowNanos);
        client.allocate();
        fixture.credentials.remove(EngineFixture.USER);
        fixture.advanceNanos(EngineFixture.SECOND * 3 / 2);
        assertEquals(401, client.ask(StunMethod.REFRESH, new Lifetime(600)).errorCode());
        fixture.advance(1);
        assertEquals(0, fixture.engine.allocationCount());
        fixture.advance(31);
        assertEquals(ports, fixture.shared.freePorts(AddressFamily.IPV4, fixture.nowNanos));
    }

    @Test
    @Tag("E-05")
    @Tag("D-32")
    @DisplayName("E-05 the same user id with another expiry is another user: 441")
    void comparesWholeUserNames() {
        fixture.credentials.add("1700000000:alice", "one");
        fixture.credentials.add("1800000000:alice", "two");
        TestClient client = fixture.udp().as("1700000000:alice", "one");
        client.allocate();
        client.as("1800000000:alice", "two");
        assertEquals(441, client.refusal(StunMethod.REFRESH));
    }

    @Test
    @DisplayName("E-04 an allocation goes on with the key it began with; a new one is refused")
    void letsAnAllocationOutliveItsCredential() {
        TestClient client = fixture.udp();
        client.allocate();
        fixture.credentials.remove(EngineFixture.USER);
        assertEquals(600, client.refresh(600));
        TestClient second = fixture.udp();
        assertEquals(401, second.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
        client.refresh(0);
        assertEquals(401, client.ask(StunMethod.ALLOCATE, TestClient.UDP).errorCode());
    }
}
