package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// ICMP errors on the way from hosts and routers to clients (RFC 8656 §11.5).
@Timeout(120)
class RelayedErrorsTest {
    @Test
    @Tag("I-12")
    @Tag("I-14")
    @Tag("I-15")
    @Tag("I-16")
    void reachTheClientWithAddressAndPort() throws Exception {
        assertEquals(
                List.of(
                        "closed port: DATA INDICATION, 10.9.0.2:9, type 3, code 3, data 0",
                        "closed port: DATA INDICATION, [fd00:9::2]:9, type 1, code 4, data 0",
                        "closed port, on a channel: DATA INDICATION, 10.9.0.2:10, type 3, code 3,"
                                + " data 0",
                        "no way there: DATA INDICATION, 10.7.0.9:7, type 3, code 1, data 0",
                        "no way there: DATA INDICATION, [fd00:7::9]:7, type 1, code 0, data 0",
                        "too big: DATA INDICATION, 10.6.0.9:7, type 3, code 4, data 600",
                        "too big for the first link: DATA INDICATION, 10.6.0.10:7, type 3, code 4,"
                                + " data 1500",
                        "too big: DATA INDICATION, [fd00:6::9]:7, type 2, code 0, data 1300",
                        "too far: DATA INDICATION, 10.6.0.9:7, type 11, code 0, data 0",
                        "too far: DATA INDICATION, [fd00:6::9]:7, type 3, code 0, data 0"),
                TestProcess.inNamespace(RelayedErrors.class));
    }
}
