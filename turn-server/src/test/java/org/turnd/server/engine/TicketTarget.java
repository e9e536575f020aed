package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import javax.crypto.spec.SecretKeySpec;
import org.turnd.stun.Octets;

/// Forged mobility tickets (RFC 8016): made up, and a real one altered by the input. Only the real
/// one opens.
public final class TicketTarget {
    private static final MobilityTickets TICKETS =
            new MobilityTickets(new SecretKeySpec(new byte[32], "AES"));
    private static final MobilityTickets.Ticket CONTENT = new MobilityTickets.Ticket(1, 2, 3);
    private static final byte[] TICKET = TICKETS.seal(CONTENT).toByteArray();

    private TicketTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        assertNull(TICKETS.open(Octets.of(input)), "it was never sealed");
        if (input.length > TICKET.length) {
            return;
        }
        byte[] altered = TICKET.clone();
        boolean isAltered = false;
        for (int i = 0; i < input.length; i++) {
            altered[i] ^= input[i];
            isAltered |= input[i] != 0;
        }
        assertEquals(isAltered ? null : CONTENT, TICKETS.open(Octets.of(altered)));
    }
}
