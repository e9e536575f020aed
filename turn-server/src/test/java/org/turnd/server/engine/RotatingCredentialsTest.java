package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
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
