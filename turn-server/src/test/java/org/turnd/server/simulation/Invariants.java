package org.turnd.server.simulation;

import static org.turnd.server.simulation.SimulationFailure.check;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.TurnEngine;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.FirstByte;
import org.turnd.stun.Octets;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;

/// Judges every step of every engine: what it did with one input, and the state it left behind.
final class Invariants {
    /// Timers fire on whole seconds.
    private static final long TIMER_TICK_NANOS = VirtualNetwork.SECONDS;

    private final ScenarioSettings settings;
    private final Model model;
    private final RelaySockets sockets;
    private final LocalSharedState shared;
    private final ForwardingRules forwarding;
    private final AllocateRules allocate;
    private final ControlRules control;
    private Model.@Nullable Pending announced;

    Invariants(
            ScenarioSettings settings,
            AddressPlan plan,
            Model model,
            RelaySockets sockets,
            Authentication authentication,
            LocalSharedState shared) {
        this.settings = settings;
        this.model = model;
        this.sockets = sockets;
        this.shared = shared;
        this.forwarding = new ForwardingRules(model, sockets, plan);
        this.allocate = new AllocateRules(model, sockets, plan, authentication, settings, shared);
        this.control = new ControlRules(model, sockets, plan, authentication, settings, allocate);
    }

    /// An engine is about to get this input.
    void before(Input input, long nowNanos) {
        model.expire(nowNanos);
        sockets.beginStep();
        announced = null;
        if (input instanceof Input.FromClient(FiveTuple from, Octets bytes)) {
            StunMessage message = Answer.wellFormed(bytes);
            announced = message == null ? null : allocate.announce(message, bytes, nowNanos);
        }
    }

    /// The Allocate that this step is about, its sockets being asked for.
    Model.Pending allocateOf(FiveTuple owner) {
        Model.Pending pending = model.pending(owner);
        if (pending == null) {
            pending = announced;
        }
        if (pending == null) {
            throw new SimulationFailure("a relay is bound for nobody's Allocate");
        }
        return pending;
    }

    /// An engine got this input and did this.
    void after(int shard, Input input, List<Output> outputs, TurnEngine engine, long nowNanos) {
        check(outputs.size() <= 1, "one packet became %d", outputs.size());
        switch (input) {
            case Input.FromClient i -> fromClient(i.from(), i.bytes(), outputs, nowNanos);
            case Input.FromPeer i ->
                    forwarding.inbound(
                            sockets.find(shard, i.relay()), i.peer(), i.bytes(), outputs);
            case Input.HandedOver i ->
                    forwarding.inbound(published(shard, i), i.source(), i.bytes(), outputs);
            case Input.IcmpError i ->
                    forwarding.icmpError(sockets.find(shard, i.relay()), i, outputs);
            case Input.RelayBound i -> allocate.settled(i.owner(), outputs, nowNanos);
            case Input.RelayFailed i -> allocate.settled(i.owner(), outputs, nowNanos);
            case Input.StreamClosed i -> {
                ForwardingRules.expectNothing("stream closed", outputs);
                model.remove(i.client());
                check(sockets.of(i.client()).isEmpty(), "C-14: relays outlive their stream");
            }
            case Input.Timer i -> {
                ForwardingRules.expectNothing("timer", outputs);
                checkTimer(shard, engine, nowNanos);
            }
            case Input.Stopped i -> {
                ForwardingRules.expectNothing("stop", outputs);
                model.removeShard(shard);
                check(sockets.ownersOn(shard) == 0, "a stopped engine keeps relays open");
            }
        }
        checkState(shard, engine);
        if (sockets.changedInStep()) {
            checkPorts(nowNanos);
        }
    }

    private void fromClient(FiveTuple from, Octets bytes, List<Output> outputs, long nowNanos) {
        FirstByte first = bytes.length() == 0 ? FirstByte.OTHER : FirstByte.of(bytes.at(0));
        StunMessage message = first == FirstByte.STUN ? Answer.wellFormed(bytes) : null;
        if (first == FirstByte.CHANNEL_DATA) {
            forwarding.channelData(from, bytes, outputs);
        } else if (message == null) {
            ForwardingRules.expectNothing("neither STUN nor ChannelData", outputs);
        } else if (message.method() == StunMethod.SEND
                && message.messageClass() == StunClass.INDICATION) {
            forwarding.send(from, message, outputs);
        } else {
            control.message(from, message, bytes, outputs, announced, nowNanos);
        }
    }

    private RelaySockets.@Nullable Socket published(int shard, Input.HandedOver input) {
        RelaySockets.Socket socket = sockets.find(input.relayed().family(), input.relayed().port());
        return socket != null && socket.published && socket.shard == shard ? socket : null;
    }

    private void checkTimer(int shard, TurnEngine engine, long nowNanos) {
        check(
                engine.nextDeadlineNanos() > nowNanos,
                "the next deadline is %d ns ago",
                nowNanos - engine.nextDeadlineNanos());
        for (RelaySockets.Socket socket : sockets.all()) {
            check(
                    socket.shard != shard
                            || !socket.published
                            || socket.expiresNanos + TIMER_TICK_NANOS > nowNanos,
                    "F-21: relay %d of %s outlives its lifetime",
                    socket.relay,
                    socket.owner);
        }
    }

    private void checkState(int shard, TurnEngine engine) {
        for (Model.Allocation allocation : model.allocations()) {
            for (Model.Relay relay : allocation.relays.values()) {
                RelaySockets.Socket socket = relay.socket;
                check(
                        sockets.find(socket.shard, socket.relay) == socket
                                && socket.state == RelaySockets.State.BOUND,
                        "relay %d of %s is closed before its time",
                        socket.relay,
                        allocation.client);
            }
        }
        forwarding.checkDirectory(shared);
        int allocations = sockets.ownersOn(shard);
        check(
                engine.allocationCount() == allocations,
                "%d allocations are counted, %d have relays",
                engine.allocationCount(),
                allocations);
        check(allocations <= settings.allocationsMax(), "%d allocations", allocations);
        for (RelaySockets.Socket socket : sockets.all()) {
            check(
                    sockets.ownersOf(socket.user) <= settings.allocationsPerUser(),
                    "F-25: %s has too many allocations",
                    socket.user);
            check(
                    engine.nextDeadlineNanos() <= deadlineOf(socket, shard),
                    "no timer runs for relay %d",
                    socket.relay);
        }
    }

    /// The pool of ports has as many free as the book says.
    private void checkPorts(long nowNanos) {
        for (AddressFamily family : AddressFamily.values()) {
            if (shared.relayAddress(family) != null) {
                int free = sockets.freePorts(family, false, nowNanos);
                check(
                        shared.freePorts(family, nowNanos) == free,
                        "F-31: %d %s ports are free, not %d",
                        shared.freePorts(family, nowNanos),
                        family,
                        free);
            }
        }
    }

    private static long deadlineOf(RelaySockets.Socket socket, int shard) {
        return socket.shard == shard && socket.published
                ? socket.expiresNanos + TIMER_TICK_NANOS
                : Long.MAX_VALUE;
    }
}
