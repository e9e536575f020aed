package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.net.UdpCounters.Counter;
import org.turnd.server.net.UdpIo.Role;
import org.turnd.stun.Octets;
import org.turnd.stun.TransportAddress;

@DisplayName("Datagrams that the kernel hands over in one piece")
@Timeout(60)
class MergedDatagramsTest {
    private static final int HEADER = 36;

    private final Random random = new Random(1);
    private NativePlane sender;
    private NativePlane receiver;

    @BeforeEach
    void start() throws Exception {
        sender = new NativePlane(UdpOptions.DEFAULTS);
        receiver = new NativePlane(UdpOptions.DEFAULTS.merging());
    }

    @AfterEach
    void stop() {
        sender.close();
        receiver.close();
    }

    @Test
    @DisplayName("arrive one by one, whole and in order")
    void arriveOneByOne() throws Exception {
        for (TransportAddress host : List.of(NativePlane.LOOPBACK, NativePlane.LOOPBACK6)) {
            int to = receiver.open(host, Role.LISTENER);
            List<byte[]> sent = send(host, receiver.local(to, host));
            for (byte[] each : sent) {
                assertEquals(Octets.of(each), receiver.next().bytes());
            }
        }
        assertEquals(
                sender.count(Counter.SENT_DATAGRAMS), receiver.count(Counter.RECEIVED_DATAGRAMS));
        assertEquals(sender.count(Counter.SENT_BYTES), receiver.count(Counter.RECEIVED_BYTES));
    }

    @Test
    @DisplayName("have room of their own around them, also while they wait to be sent")
    void haveRoomAroundThem() throws Exception {
        for (TransportAddress host : List.of(NativePlane.LOOPBACK, NativePlane.LOOPBACK6)) {
            int to =
                    receiver.onLoop(() ->
                            receiver.io()
                                    .open(
                                            host.high(),
                                            host.low(),
                                            0,
                                            Role.LISTENER,
                                            this::sendBackWithHeader));
            List<byte[]> sent = send(host, receiver.local(to, host));
            for (byte[] each : sent) {
                byte[] expected = new byte[HEADER + each.length];
                Arrays.fill(expected, 0, HEADER, (byte) 0xEE);
                System.arraycopy(each, 0, expected, HEADER, each.length);
                assertEquals(Octets.of(expected), sender.next().bytes());
            }
        }
    }

    @Test
    @DisplayName("may be longer than a slot")
    void mayBeLong() throws Exception {
        TransportAddress host = NativePlane.LOOPBACK;
        int to = receiver.open(host, Role.LISTENER);
        TransportAddress address = receiver.local(to, host);
        int from = sender.open(host, Role.LISTENER);
        byte[] bytes = new byte[8_000];
        random.nextBytes(bytes);
        sender.onLoop(() -> {
            new Libc()
                    .setOption(sender.io().descriptor(from), Libc.SOL_UDP, Libc.UDP_SEGMENT, 3_000);
            sender.stage(from, address, bytes, 0, 0);
            sender.io().flush();
            return 0;
        });
        for (int at = 0; at < bytes.length; at += 3_000) {
            byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 3_000));
            assertEquals(Octets.of(part), receiver.next().bytes());
        }
    }

    /// Runs of equal size, some with a shorter last one, some of more bytes than a slot has.
    private List<byte[]> send(TransportAddress host, TransportAddress to) throws Exception {
        var sent = new ArrayList<byte[]>();
        for (int[] run :
                new int[][] {{64, 200, 200}, {10, 1_200, 7}, {3, 1, 1}, {40, 1_400, 900}}) {
            for (int i = 0; i < run[0]; i++) {
                byte[] bytes = new byte[i == run[0] - 1 ? run[2] : run[1]];
                random.nextBytes(bytes);
                sent.add(bytes);
            }
        }
        int from = sender.open(host, Role.LISTENER);
        sender.onLoop(() -> {
            sent.forEach(bytes -> sender.stage(from, to, bytes, 0, 0));
            sender.io().flush();
            return 0;
        });
        return sent;
    }

    private void sendBackWithHeader(
            int socket, long high, long low, int port, ByteBuf buffer, int offset, int length) {
        for (int i = 1; i <= HEADER; i++) {
            buffer.setByte(offset - i, 0xEE);
        }
        buffer.setZero(offset + length, UdpIo.TAILROOM_BYTES);
        receiver.io().send(socket, high, low, port, buffer, offset - HEADER, length + HEADER, 0, 0);
        receiver.flushAfterIteration();
    }
}
