package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class UnprivilegedServerTest {
    @Test
    @Tag("K-11")
    void doesAllThereIsToDoWithHeadersAndErrors() throws Exception {
        assertEquals(
                List.of(
                        "CapEff: 0000000000000000",
                        "to the peer: 1 byte",
                        "to nobody: Icmp[icmpType=3, code=3, data=0]"),
                TestProcess.withoutPrivileges(UnprivilegedServer.class));
    }
}
