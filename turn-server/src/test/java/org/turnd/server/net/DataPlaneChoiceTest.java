package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.turnd.server.config.ServerSettings.DataPlane;

class DataPlaneChoiceTest {
    private static final DataPlaneChoice.Probe REFUSED = () -> "recvmmsg: not permitted";
    private static final DataPlaneChoice.Probe WORKS = () -> null;

    @Test
    void takesThePortablePlaneWhereTheNativeOneIsRefused() throws Exception {
        var choice = DataPlaneChoice.of(DataPlane.AUTO, REFUSED);
        assertEquals("portable", choice.name());
        assertEquals("auto: native doesn't work here: recvmmsg: not permitted", choice.reason());
        var group = new MultiThreadIoEventLoopGroup(1, choice.ioHandlers());
        try {
            assertInstanceOf(PortableUdpIo.class, choice.udpIo(group.next(), UdpOptions.DEFAULTS));
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void takesTheNativePlaneWhereItWorks() throws Exception {
        var choice = DataPlaneChoice.of(DataPlane.AUTO, WORKS);
        assertEquals("native", choice.name());
        assertTrue(choice.reason().startsWith("auto: "), choice::reason);
    }

    @Test
    void refusesToStartWhenTheNativePlaneIsDemandedAndDoesNotWork() {
        var failure =
                assertThrows(
                        IOException.class, () -> DataPlaneChoice.of(DataPlane.NATIVE, REFUSED));
        assertEquals(
                "data-plane = native doesn't work here: recvmmsg: not permitted;"
                        + " auto or portable does",
                failure.getMessage());
    }

    @Test
    void doesAsConfigured() throws Exception {
        assertEquals(
                new DataPlaneChoice(true, "configured"),
                DataPlaneChoice.of(DataPlane.NATIVE, WORKS));
        assertEquals(
                new DataPlaneChoice(false, "configured"),
                DataPlaneChoice.of(DataPlane.PORTABLE, WORKS));
    }

    @Test
    void findsThatTheNativePlaneWorksHereAndLeavesNothingOpen() throws Exception {
        assertNull(NativeProbe.problem());
        int before = OpenFiles.count();
        Callable<Object> probe = NativeProbe::problem;
        assertNull(probe.call());
        assertEquals(before, OpenFiles.count());
    }
}
