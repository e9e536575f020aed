package org.turnd.server.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.net.TestSettings;
import org.turnd.stun.StunAttribute.XorRelayedAddress;
import org.turnd.stun.StunMethod;

/// CVE-2025-69217: ports and nonces that the next client could foretell. Each bound below is missed
/// by chance in fewer than one of a hundred million runs.
@Timeout(60)
class PredictabilityTest {
    private static final int SAMPLES = 300;

    /// Eight standard deviations of a coin thrown 300 times.
    private static final int COIN_BOUND = 70;

    private static final int FIRST_PORT = 49_152;
    private static final int PORTS = 65_536 - FIRST_PORT;

    private static final int MAC_OFFSET = 4;
    private static final int MAC_BITS = 128;
    private static final int ENCODED_CHARS = 27;

    @Test
    void predictablePorts() throws Exception {
        var ports = new ArrayList<Integer>();
        try (var server = new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).start();
                var client = Attacker.udp(server)) {
            client.challenge();
            for (int i = 0; i < SAMPLES; i++) {
                var answer = client.askSigned(new RawMessage(StunMethod.ALLOCATE).udp());
                var relayed = answer.message().first(XorRelayedAddress.class);
                assertNotNull(relayed, answer::toString);
                ports.add(relayed.address().port() - FIRST_PORT);
                client.askSigned(new RawMessage(StunMethod.REFRESH).lifetime(0));
            }
        }
        var steps = new HashMap<Integer, Integer>();
        int neighbours = 0;
        for (int i = 1; i < SAMPLES; i++) {
            int step = Math.floorMod(ports.get(i) - ports.get(i - 1), PORTS);
            steps.merge(step, 1, Integer::sum);
            neighbours += step <= 2 || step >= PORTS - 2 ? 1 : 0;
        }
        // Of 299 steps 0.09 lead to a neighbour, and no step comes often.
        assertTrue(neighbours <= 6, ports::toString);
        assertTrue(steps.values().stream().allMatch(count -> count <= 5), ports::toString);
        for (int bit = 1; bit < PORTS; bit <<= 1) {
            int mask = bit;
            assertFairCoin((int) ports.stream().filter(port -> (port & mask) != 0).count());
        }
    }

    @Test
    void predictableNonces() throws Exception {
        List<BitSet> macs = new ArrayList<>();
        var seen = new HashSet<String>();
        List<Attacker> clients = new ArrayList<>();
        try (var server = new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).start()) {
            for (int i = 0; i < SAMPLES; i++) {
                // All stay open: no source comes twice.
                var client = Attacker.udp(server);
                clients.add(client);
                client.challenge();
                assertTrue(seen.add(client.nonce()), "a nonce of another source");
                macs.add(macOf(client.nonce()));
            }
        } finally {
            for (Attacker client : clients) {
                client.close();
            }
        }
        for (int bit = 0; bit < MAC_BITS; bit++) {
            int at = bit;
            assertFairCoin((int) macs.stream().filter(mac -> mac.get(at)).count());
        }
        // Sources that follow each other get nonces as far apart as any: 64 bits, and never nearer
        // than eight standard deviations below.
        for (int i = 1; i < SAMPLES; i++) {
            BitSet difference = (BitSet) macs.get(i).clone();
            difference.xor(macs.get(i - 1));
            assertTrue(difference.cardinality() > 18, seen::toString);
        }
        assertEquals(SAMPLES, seen.size());
    }

    private static BitSet macOf(String nonce) {
        byte[] sealed =
                Base64.getUrlDecoder().decode(nonce.substring(nonce.length() - ENCODED_CHARS));
        return BitSet.valueOf(Arrays.copyOfRange(sealed, MAC_OFFSET, sealed.length));
    }

    private static void assertFairCoin(int heads) {
        assertTrue(Math.abs(heads - SAMPLES / 2) <= COIN_BOUND, () -> heads + " of " + SAMPLES);
    }
}
