package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NarrowPathsTest {
    @Test
    void everyDatagramIsSentOrCountedByItsCause() throws Exception {
        assertEquals(
                List.of(
                        "small link: 20 sent, 0 unreachable, 0 too long, 0 without room",
                        "no route: 1 sent, 5 unreachable, 0 too long, 0 without room",
                        "small link behind: 10.6.0.9:7, type 3, code 4, mtu 600, counted 1",
                        "full: some sent true, some dropped true, 100 in all",
                        "full: some sent true, some dropped true, 100 in all"),
                TestProcess.inNamespace(NarrowPaths.class));
    }
}
