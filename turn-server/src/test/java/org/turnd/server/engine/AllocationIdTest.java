package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocationIdTest {
    @Test
    void readsWhatItHasWritten() {
        var id = new AllocationId(3, 123_456_789_012L);
        assertEquals("3-123456789012", id.toString());
        assertEquals(Optional.of(id), AllocationId.parse(id.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1-",
                "-1",
                "1-0",
                "01-1",
                "1-01",
                "1-1 ",
                "1-1\n",
                "+1-1",
                "1--1",
                "999999-1",
                "1-9999999999999999999",
                "\u0661-1"
            })
    void readsNothingElse(String text) {
        assertEquals(Optional.empty(), AllocationId.parse(text));
    }
}
