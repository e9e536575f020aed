package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Protocol;

class ResourceCheckTest {
    private static final int PLENTY = 8 << 20;

    /// @param receiveMax, sendMax what `net.core.rmem_max` and `net.core.wmem_max` say
    private record Machine(long openFilesMax, int receiveMax, int sendMax)
            implements ResourceCheck.Kernel {
        @Override
        public int granted(SocketOption<Integer> buffer, int wanted) {
            boolean receiving = buffer.equals(StandardSocketOptions.SO_RCVBUF);
            return Math.min(wanted, receiving ? receiveMax : sendMax);
        }
    }

    /// 1000 allocations on two families, 500 connections, four shards.
    private static List<String> warnings(TestSettings settings, Machine machine)
            throws IOException {
        ServerSettings built = settings.connections(500).build();
        return new ResourceCheck(built, 4, built.listeners(), machine)
                .shortages().stream().map(ResourceCheck.Shortage::toString).toList();
    }

    private static TestSettings udp() {
        return new TestSettings().listen(Protocol.UDP, "127.0.0.1", 3478);
    }

    private static TestSettings udpAndTcp() {
        return udp().listen(Protocol.TCP, "127.0.0.1", 3478);
    }

    @Test
    void saysNothingWhereThereIsEnough() throws IOException {
        assertEquals(List.of(), warnings(udpAndTcp(), new Machine(1 << 20, PLENTY, PLENTY)));
    }

    @Test
    void saysHowManyFilesAreNeededAndHowManyFit() throws IOException {
        assertEquals(
                List.of(
                        "this process may open 1024 files and the configuration can need 2645 (2000"
                                + " relays, 500 connections, 145 others): only about 879 relays and"
                                + " connections fit, further allocations get 508; set"
                                + " LimitNOFILE=2645 in the unit (ulimit -n in a shell), or lower"
                                + " limits.allocations and limits.connections"),
                warnings(udpAndTcp(), new Machine(1024, PLENTY, PLENTY)));
    }

    @Test
    void countsNoConnectionsWhereNobodyCanConnect() throws IOException {
        int needed = 2000 + ResourceCheck.OTHER_FILES + 4 * (3 + 1);
        assertEquals(List.of(), warnings(udp(), new Machine(needed, PLENTY, PLENTY)));
        assertEquals(1, warnings(udp(), new Machine(needed - 1, PLENTY, PLENTY)).size());
    }

    @Test
    void saysWhichSysctlLetsTheKernelQueueMore() throws IOException {
        assertEquals(
                List.of(
                        "the kernel queues at most 212992 bytes a UDP socket, not the 4194304 of"
                                + " limits.listener-buffer; sysctl -w net.core.rmem_max=4194304"
                                + " net.core.wmem_max=4194304"),
                warnings(udp(), new Machine(1 << 20, 212_992, 212_992)));
        assertTrue(
                warnings(udp(), new Machine(1 << 20, 212_992, PLENTY))
                        .getFirst()
                        .endsWith("; sysctl -w net.core.rmem_max=4194304"));
        assertTrue(
                warnings(udp(), new Machine(1 << 20, PLENTY, 212_992))
                        .getFirst()
                        .endsWith("; sysctl -w net.core.wmem_max=4194304"));
    }

    @Test
    void asksThisMachine() throws IOException {
        var kernel = ResourceCheck.Kernel.REAL;
        assertTrue(kernel.openFilesMax() > OpenFiles.count());
        assertEquals(64 << 10, kernel.granted(StandardSocketOptions.SO_RCVBUF, 64 << 10));
        assertEquals(64 << 10, kernel.granted(StandardSocketOptions.SO_SNDBUF, 64 << 10));
    }
}
