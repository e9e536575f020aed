package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// IP headers of relayed data on the wire (RFC 8656 §13 to §16). Clients over UDP, and the peer on
/// its way back, send with DSCP, ECN and a hop limit of 40; a large datagram is one of 2000 bytes.
@Timeout(120)
class RelayedHeadersTest {
    @Test
    @Tag("I-05")
    @Tag("I-12")
    @Tag("I-14")
    @Tag("K-01")
    @Tag("K-02")
    @Tag("K-03")
    @Tag("K-04")
    @Tag("K-05")
    @Tag("K-06")
    @Tag("K-07")
    @Tag("K-08")
    @Tag("K-09")
    @Tag("K-10")
    @Tag("K-12")
    void nativePlaneKeepsWhatItMay() throws Exception {
        assertEquals(
                """
                IPv4 to IPv4, ChannelData: b9, hop limit 39
                IPv4 to IPv4, Send: b9, hop limit 39
                IPv4 to IPv4, Send with DONT-FRAGMENT: b9, hop limit 39, DF
                IPv4 to IPv4, large Send: b9, hop limit 39, fragment
                IPv4 to IPv4, and back: 2a, hop limit 39
                IPv4 to IPv6, ChannelData: b9, hop limit 39
                IPv4 to IPv6, Send: b9, hop limit 39
                IPv4 to IPv6, Send with DONT-FRAGMENT: b9, hop limit 39
                IPv4 to IPv6, large Send: b9, hop limit 39, fragment
                IPv4 to IPv6, and back: 2a, hop limit 39
                IPv6 to IPv4, ChannelData: b9, hop limit 39
                IPv6 to IPv4, Send: b9, hop limit 39
                IPv6 to IPv4, Send with DONT-FRAGMENT: b9, hop limit 39
                IPv6 to IPv4, large Send: b9, hop limit 39, fragment
                IPv6 to IPv4, and back: 2a, hop limit 39
                IPv6 to IPv6, ChannelData: b9, hop limit 39
                IPv6 to IPv6, Send: b9, hop limit 39
                IPv6 to IPv6, Send with DONT-FRAGMENT: b9, hop limit 39
                IPv6 to IPv6, large Send: b9, hop limit 39, fragment
                IPv6 to IPv6, and back: 2a, hop limit 39
                TCP to IPv4, ChannelData: 00, hop limit 64
                TCP to IPv4, Send with DONT-FRAGMENT: 00, hop limit 64, DF
                TCP to IPv4, large Send: 00, hop limit 64, fragment
                TCP to IPv4, large Send with DONT-FRAGMENT: port known, Icmp[icmpType=3, code=4, data=1500]
                TCP to IPv6, ChannelData: 00, hop limit 64
                TCP to IPv6, Send with DONT-FRAGMENT: 00, hop limit 64
                TCP to IPv6, large Send: 00, hop limit 64, fragment
                TCP to IPv6, large Send with DONT-FRAGMENT: port known, Icmp[icmpType=2, code=0, data=1500]
                hop limit 1 to the peer: dropped
                hop limit 1 to the client: dropped
                counted: 2
                """,
                String.join("\n", TestProcess.inNamespace(RelayedHeaders.class, "NATIVE")) + "\n");
    }

    @Test
    @Tag("F-04")
    @Tag("I-05")
    @Tag("K-01")
    @Tag("K-02")
    @Tag("K-03")
    @Tag("K-04")
    @Tag("K-05")
    @Tag("K-06")
    @Tag("K-07")
    @Tag("K-08")
    void portablePlaneSendsDefaultsAndSetsDf() throws Exception {
        assertEquals(
                """
                IPv4 to IPv4, ChannelData: 00, hop limit 64
                IPv4 to IPv4, Send: 00, hop limit 64
                IPv4 to IPv4, Send with DONT-FRAGMENT: 00, hop limit 64, DF
                IPv4 to IPv4, large Send: 00, hop limit 64, fragment
                IPv4 to IPv4, and back: 00, hop limit 64
                IPv4 to IPv6, ChannelData: 00, hop limit 64
                IPv4 to IPv6, Send: 00, hop limit 64
                IPv4 to IPv6, Send with DONT-FRAGMENT: 00, hop limit 64
                IPv4 to IPv6, large Send: 00, hop limit 64, fragment
                IPv4 to IPv6, and back: 00, hop limit 64
                IPv6 to IPv4, ChannelData: 00, hop limit 64
                IPv6 to IPv4, Send: 00, hop limit 64
                IPv6 to IPv4, Send with DONT-FRAGMENT: 00, hop limit 64
                IPv6 to IPv4, large Send: 00, hop limit 64, fragment
                IPv6 to IPv4, and back: 00, hop limit 64
                IPv6 to IPv6, ChannelData: 00, hop limit 64
                IPv6 to IPv6, Send: 00, hop limit 64
                IPv6 to IPv6, Send with DONT-FRAGMENT: 00, hop limit 64
                IPv6 to IPv6, large Send: 00, hop limit 64, fragment
                IPv6 to IPv6, and back: 00, hop limit 64
                TCP to IPv4, ChannelData: 00, hop limit 64
                TCP to IPv4, Send with DONT-FRAGMENT: 00, hop limit 64, DF
                TCP to IPv4, large Send: 00, hop limit 64, fragment
                TCP to IPv4, large Send with DONT-FRAGMENT: nothing told
                TCP to IPv6, ChannelData: 00, hop limit 64
                TCP to IPv6, Send with DONT-FRAGMENT: 00, hop limit 64
                TCP to IPv6, large Send: 00, hop limit 64, fragment
                TCP to IPv6, large Send with DONT-FRAGMENT: nothing told
                hop limit 1 to the peer: arrived
                hop limit 1 to the client: arrived
                counted: 0
                """,
                String.join("\n", TestProcess.inNamespace(RelayedHeaders.class, "PORTABLE"))
                        + "\n");
    }
}
