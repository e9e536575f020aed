package org.turnd.server.net;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// How much one read of one connection takes: what Netty expects by the sizes of the past, which
/// keeps little memory waiting for the rest of a frame; and once the connection carries relayed
/// data, much, because that doesn't wait here, costs less in large pieces, and shouldn't be cut
/// within a message: there are receivers that take one read for one message.
final class StreamReads extends DefaultMaxMessagesRecvByteBufAllocator {
    /// The largest buffer that Netty's pool keeps at hand for a thread.
    private static final int LONG_BYTES = 32 << 10;

    private static final AdaptiveRecvByteBufAllocator EXPECTED = new AdaptiveRecvByteBufAllocator();

    private boolean isLong;

    /// Reads are long from the next one on.
    void beLong() {
        isLong = true;
    }

    @Override
    public MaxMessageHandle newHandle() {
        return new Length();
    }

    private final class Length extends MaxMessageHandle {
        private final MaxMessageHandle expected = (MaxMessageHandle) EXPECTED.newHandle();

        @Override
        public void reset(ChannelConfig config) {
            expected.reset(config);
            super.reset(config);
        }

        @Override
        public int guess() {
            return isLong ? LONG_BYTES : expected.guess();
        }

        @Override
        public void lastBytesRead(int bytes) {
            expected.attemptedBytesRead(attemptedBytesRead());
            expected.lastBytesRead(bytes);
            super.lastBytesRead(bytes);
        }

        @Override
        public void readComplete() {
            expected.readComplete();
        }
    }
}
