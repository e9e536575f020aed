package org.turnd.server.simulation;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Somebody who hears what honest clients send, forges their addresses, replays, mutates, floods
/// and guesses. What the server answers is of no interest to it.
final class HostileClient {
    private static final int FLOOD = 6;

    private final VirtualServer server;
    private final RandomGenerator random;
    private final RequestWriter writer;
    private @Nullable FiveTuple stream;

    HostileClient(World world, VirtualServer server) {
        this.server = server;
        this.random = world.random().split();
        this.writer = new RequestWriter(random);
    }

    void act() {
        if (server.captured().isEmpty()) {
            return;
        }
        VirtualServer.Captured heard = World.anyOf(server.captured(), random);
        switch (random.nextInt(9)) {
            case 0 -> inject(ownFiveTuple(), heard.bytes());
            case 1 -> inject(heard.from(), heard.bytes());
            case 2, 3 -> inject(heard.from(), Mutation.of(heard.bytes(), random));
            case 4 -> inject(ownFiveTuple(), Mutation.of(heard.bytes(), random));
            case 5 -> {
                byte[] noise = new byte[random.nextInt(100)];
                random.nextBytes(noise);
                inject(heard.from(), noise);
            }
            case 6 -> flood();
            case 7 -> inject(heard.from(), forgedRequest());
            default -> onStream(heard.bytes());
        }
    }

    void leave() {
        FiveTuple closed = stream;
        stream = null;
        if (closed != null) {
            server.closeStream(closed);
        }
    }

    private void inject(FiveTuple as, byte[] bytes) {
        if (as.transport().isDatagram()) {
            server.fromClient(as.listener(), as.client(), bytes);
        }
    }

    private void flood() {
        for (int i = 0; i < FLOOD; i++) {
            byte[] allocate =
                    writer.request(
                            StunMethod.ALLOCATE,
                            writer.newTransactionId(),
                            List.of(new StunAttribute.RequestedTransport(17)),
                            null);
            inject(ownFiveTuple(), allocate);
        }
    }

    /// A request under another's address, its password guessed.
    private byte[] forgedRequest() {
        boolean delete = random.nextBoolean();
        return writer.request(
                delete ? StunMethod.REFRESH : StunMethod.CREATE_PERMISSION,
                writer.newTransactionId(),
                List.of(
                        delete
                                ? new StunAttribute.Lifetime(0)
                                : new StunAttribute.XorPeerAddress(AddressPlan.anyPeer(random))),
                new RequestWriter.Signature("user0", "obMatJos2AAAB", "guessed"));
    }

    private void onStream(byte[] bytes) {
        FiveTuple open = stream;
        if (open == null) {
            stream = server.openStream(random.nextBoolean(), ownFiveTuple().client());
        } else if (random.nextInt(3) == 0) {
            leave();
        } else {
            server.fromStream(open, random.nextBoolean() ? bytes : Mutation.of(bytes, random));
        }
    }

    private FiveTuple ownFiveTuple() {
        TransportAddress own = AddressPlan.address("45.1.0.66", random.nextInt(1024, 4096));
        return server.fiveTuple(random.nextInt(VirtualServer.UDP_LISTENERS), own);
    }

    /// The streams of a restarted shard are gone.
    void shardRestarted(int shard) {
        if (stream != null && stream.shard() == shard) {
            stream = null;
        }
    }
}
