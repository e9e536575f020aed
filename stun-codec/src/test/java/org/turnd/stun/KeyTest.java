package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KeyTest {
    private static String hex(IntegrityKey key) {
        return Octets.of(key.toByteArray()).toString();
    }

    @Test
    @Tag("D-27")
    void derivesLongTermKeys() {
        assertEquals(
                "8493fbc53ba582fb4c044c456bdc40eb",
                hex(IntegrityKey.md5("user", "realm", "pass"))); // D-27
        assertEquals(
                "07e934117abd40836e7c6329b54731b2b2d2a5f9a71f544922d75e0730d8251b",
                hex(IntegrityKey.sha256("user", "realm", "pass")));
    }

    @Test
    void derivesShortTermKeys() {
        assertEquals(
                "564f6b4a7862526c31526d5478556b2f57764a784274",
                hex(IntegrityKey.shortTerm("VOkJxbRl1RmTxUk/WvJxBt"))); // D-35
    }

    @Test
    void derivesUserHash() {
        assertEquals(
                "6a3029116b47aa98bcaa325399733dc1a23cd57e26b81bef3ff6531ce624e2da",
                UserHash.of("user", "realm").toString()); // D-25
    }

    @Test
    @Tag("D-27")
    void stripsQuotesAndTrailingNulsFromUsernameAndRealm() {
        IntegrityKey key = IntegrityKey.md5("user", "realm", "pass");
        assertEquals(key, IntegrityKey.md5("\"user\"", "\"realm\"\0\0", "pass")); // D-27
        assertEquals(key, IntegrityKey.md5("user\0", "realm", "pass"));
        assertNotEquals(key, IntegrityKey.md5("user", "realm", "\"pass\""));
    }

    @Test
    void preparesRealmAndPasswordAsOpaqueString() {
        assertEquals(
                IntegrityKey.md5("user", "r\u00E9alm", "caf\u00E9 noir"),
                IntegrityKey.md5("user", "re\u0301alm", "cafe\u0301\u00A0noir")); // D-28
    }

    @Test
    void takesAnEmptyPasswordOrWhatOpaqueStringRefusesAsItStands() {
        assertEquals("", hex(IntegrityKey.shortTerm("")));
        assertEquals("61c2ad62", hex(IntegrityKey.shortTerm("a\u00ADb")));
    }

    @Test
    void neverShowsTheKey() {
        IntegrityKey key = IntegrityKey.shortTerm("hunter2");
        assertEquals("IntegrityKey[7 bytes]", key.toString());
        RestCredential credential = RestCredentials.issue("north", "alice", 1700000000, ':');
        assertFalse(credential.toString().contains(credential.password()));
    }

    @Test
    void copiesItsBytes() {
        byte[] bytes = {1, 2, 3};
        IntegrityKey key = IntegrityKey.ofBytes(bytes);
        bytes[0] = 9;
        assertEquals("010203", hex(key));
        key.toByteArray()[0] = 9;
        assertEquals("010203", hex(key));
        assertEquals(key, IntegrityKey.ofBytes(new byte[] {1, 2, 3}));
        assertEquals(key.hashCode(), IntegrityKey.ofBytes(new byte[] {1, 2, 3}).hashCode());
    }
}
