package org.turnd.server.ops;

import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.config.EventKind;
import org.turnd.server.engine.AllocationSummary;
import org.turnd.server.engine.ClientPath;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.RefusalCause;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Makes [Event]s of what the engines tell, and gives them to every outlet that wants them. Safe on
/// every thread.
public final class EventPublisher implements EngineEvents {
    private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);

    private final List<EventOutlet> outlets;
    private final @Nullable RequestTracing tracing;
    private final LongSupplier nanoClock;
    private final InstantSource clock;

    /// @param nanoClock the engines' time, such as `System::nanoTime`
    public EventPublisher(
            List<? extends EventOutlet> outlets, LongSupplier nanoClock, InstantSource clock) {
        this(outlets, null, nanoClock, clock);
    }

    /// @param tracing null when requests aren't traced
    /// @param nanoClock the engines' time, such as `System::nanoTime`
    public EventPublisher(
            List<? extends EventOutlet> outlets,
            @Nullable RequestTracing tracing,
            LongSupplier nanoClock,
            InstantSource clock) {
        this.outlets = List.copyOf(outlets);
        this.tracing = tracing;
        this.nanoClock = nanoClock;
        this.clock = clock;
    }

    @Override
    public void onAllocated(AllocationSummary allocation, int lifetimeSeconds) {
        publish(
                EventKind.ALLOCATION_CREATED,
                allocation,
                Map.of(EventField.LIFETIME_SECONDS, lifetimeSeconds));
    }

    @Override
    public void onRefreshed(AllocationSummary allocation, int lifetimeSeconds) {
        publish(
                EventKind.ALLOCATION_REFRESHED,
                allocation,
                Map.of(EventField.LIFETIME_SECONDS, lifetimeSeconds));
    }

    @Override
    public void onAllocationEnded(AllocationSummary allocation, EndReason reason) {
        publish(EventKind.ALLOCATION_ENDED, allocation, Map.of(EventField.REASON, text(reason)));
    }

    @Override
    public void onPermitted(AllocationSummary allocation, TransportAddress peer) {
        publish(EventKind.PEER_PERMITTED, allocation, Map.of(EventField.PEER, peer.host()));
    }

    @Override
    public void onClientLetIn(AllocationSummary allocation) {
        publish(EventKind.CLIENT_MOVED, allocation, Map.of());
    }

    @Override
    public void onPeerConnected(AllocationSummary allocation, TransportAddress peer) {
        publish(EventKind.PEER_CONNECTED, allocation, Map.of(EventField.PEER, peer.toString()));
    }

    @Override
    public void onPeerConnectionEnded(
            AllocationSummary allocation,
            TransportAddress peer,
            PeerConnectionEnd reason,
            long bytesToPeer,
            long bytesToClient) {
        publish(
                EventKind.PEER_CONNECTION_ENDED,
                allocation,
                Map.of(
                        EventField.PEER,
                        peer.toString(),
                        EventField.REASON,
                        text(reason),
                        EventField.BYTES_TO_PEERS,
                        bytesToPeer,
                        EventField.BYTES_TO_CLIENT,
                        bytesToClient));
    }

    @Override
    public void onHandled(
            ClientPath client,
            StunMethod method,
            int errorCode,
            @Nullable RefusalCause cause,
            String realm,
            long arrivedNanos,
            long waitedNanos) {
        if (tracing != null) {
            tracing.onHandled(client, method, errorCode, cause, realm, arrivedNanos, waitedNanos);
        }
    }

    @Override
    public void onRefused(ClientPath client, StunMethod method, int errorCode, RefusalCause cause) {
        for (EventOutlet outlet : outlets) {
            outlet.onRefused(client, method, errorCode, cause);
        }
    }

    private void publish(
            EventKind kind, AllocationSummary allocation, Map<EventField, Object> more) {
        Event event = null;
        for (EventOutlet outlet : outlets) {
            if (outlet.wants(kind)) {
                if (event == null) {
                    event = event(kind, allocation, more);
                }
                give(outlet, event);
            }
        }
    }

    private static void give(EventOutlet outlet, Event event) {
        try {
            outlet.accept(event);
        } catch (RuntimeException e) {
            // The caller is an engine in the middle of a request: whatever an outlet does wrong
            // must not cost the client its allocation.
            LOG.error("An outlet of events failed on {}", event.kind().text(), e);
        }
    }

    private Event event(
            EventKind kind, AllocationSummary allocation, Map<EventField, Object> more) {
        Map<EventField, Object> fields = new EnumMap<>(EventField.class);
        fields.put(EventField.ID, allocation.id().toString());
        fields.put(EventField.USERNAME, allocation.username());
        fields.put(EventField.REALM, allocation.realm());
        fields.put(EventField.CLIENT, allocation.client().client().toString());
        fields.put(EventField.TRANSPORT, text(allocation.client().transport()));
        fields.put(
                EventField.RELAYED,
                allocation.relayed().stream().map(TransportAddress::toString).toList());
        fields.put(EventField.RELAY_TRANSPORT, allocation.relaysTcp() ? "tcp" : "udp");
        long millis = (nanoClock.getAsLong() - allocation.createdNanos()) / 1_000_000;
        fields.put(EventField.DURATION_SECONDS, millis / 1000.0);
        fields.put(EventField.BYTES_TO_PEERS, allocation.bytesToPeers());
        fields.put(EventField.BYTES_TO_CLIENT, allocation.bytesToClient());
        fields.putAll(more);
        return new Event(clock.instant(), kind, fields);
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
