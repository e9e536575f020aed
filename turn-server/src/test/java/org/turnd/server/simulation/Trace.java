package org.turnd.server.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.turnd.stun.Octets;
import org.turnd.stun.StunMessage;

/// The last steps of a scenario, for people, and a hash of all of them, for comparing two runs.
final class Trace {
    private static final int STEPS_KEPT = 40;
    private static final int BYTES_SHOWN = 24;

    private record Step(long nanos, int shard, Input input, List<Output> outputs) {}

    private final long startNanos;
    private final Deque<Step> last = new ArrayDeque<>();
    private long hash = 1;
    private long steps;

    Trace(long startNanos) {
        this.startNanos = startNanos;
    }

    void add(long nanos, int shard, Input input, List<Output> outputs) {
        if (last.size() == STEPS_KEPT) {
            last.removeFirst();
        }
        last.addLast(new Step(nanos, shard, input, List.copyOf(outputs)));
        steps++;
        hash = hash * 0x9E3779B97F4A7C15L + nanos;
        hash = hash * 31 + hashOf(input);
        for (Output output : outputs) {
            hash = hash * 31 + hashOf(output);
        }
        hash ^= hash >>> 29;
    }

    long hash() {
        return hash;
    }

    long steps() {
        return steps;
    }

    /// The last steps, one a line.
    String lastSteps() {
        StringBuilder text = new StringBuilder();
        for (Step step : last) {
            text.append(
                    "%14.6f s  shard %d  %s%n"
                            .formatted(
                                    (step.nanos - startNanos) / 1e9,
                                    step.shard,
                                    describe(step.input)));
            step.outputs.forEach(output -> text.append("    -> " + describe(output) + "\n"));
        }
        return text.toString();
    }

    // Records hash an enum by its identity, which differs from run to run.
    private static long hashOf(Input input) {
        return switch (input) {
            case Input.FromClient i -> hashOf(i.from()) * 31 + i.bytes().hashCode();
            case Input.FromPeer i ->
                    i.relay() * 31L + i.peer().hashCode() * 17L + i.bytes().hashCode();
            case Input.IcmpError i -> i.hashCode();
            case Input.HandedOver i -> i.relayed().hashCode() * 31L + i.bytes().hashCode();
            case Input.RelayBound i -> i.relay() + 2;
            case Input.RelayFailed i -> i.relay() + 3;
            case Input.StreamClosed i -> hashOf(i.client());
            case Input.Timer i -> 5;
            case Input.Stopped i -> 7;
        };
    }

    private static long hashOf(Output output) {
        return switch (output) {
            case Output.ToClient o -> hashOf(o.to()) * 31 + o.bytes().hashCode();
            case Output.ToPeer o ->
                    o.relay() * 31L + o.peer().hashCode() * 17L + o.bytes().hashCode();
            case Output.HandOver o ->
                    o.shard() * 31L + o.relayed().hashCode() * 17L + o.bytes().hashCode();
        };
    }

    private static long hashOf(FiveTuple tuple) {
        return (tuple.listener() * 31L + tuple.connection()) * 31 + tuple.client().hashCode();
    }

    private static String describe(Input input) {
        return switch (input) {
            case Input.FromClient i -> "client " + i.from() + ": " + describe(i.bytes());
            case Input.FromPeer i ->
                    "peer %s to relay %d: %s".formatted(i.peer(), i.relay(), describe(i.bytes()));
            case Input.HandedOver i ->
                    "handed over %s to %s: %s"
                            .formatted(i.source(), i.relayed(), describe(i.bytes()));
            case Input.IcmpError i -> i.toString();
            case Input.RelayBound i -> "relay %d bound for %s".formatted(i.relay(), i.owner());
            case Input.RelayFailed i -> "relay %d failed for %s".formatted(i.relay(), i.owner());
            case Input.StreamClosed i -> "stream closed: " + i.client();
            case Input.Timer i -> "timer";
            case Input.Stopped i -> "stopped";
        };
    }

    private static String describe(Output output) {
        return switch (output) {
            case Output.ToClient o -> "client " + o.to() + ": " + describe(o.bytes());
            case Output.ToPeer o ->
                    "relay %d to peer %s: %s".formatted(o.relay(), o.peer(), describe(o.bytes()));
            case Output.HandOver o ->
                    "shard %d for %s from %s: %s"
                            .formatted(o.shard(), o.relayed(), o.source(), describe(o.bytes()));
        };
    }

    private static String describe(Octets bytes) {
        byte[] array = bytes.toByteArray();
        if (array.length > 0 && array[0] >= 0 && array[0] <= 3) {
            var decoded =
                    StunMessage.decode(
                            io.netty.buffer.Unpooled.wrappedBuffer(array), 0, array.length);
            if (decoded instanceof StunMessage message) {
                return message + " " + message.first(org.turnd.stun.StunAttribute.ErrorCode.class);
            }
        }
        int shown = Math.min(array.length, BYTES_SHOWN);
        return "%d bytes %s".formatted(array.length, HexFormat.of().formatHex(array, 0, shown));
    }
}
