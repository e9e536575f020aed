package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.turnd.server.engine.EngineEvents.EndReason;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.MobilityTicket;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;

/// Clients that change their five-tuple and keep their allocation (RFC 8016).
///
/// A Refresh with a ticket lets the client in on a second five-tuple. Data goes on along the first
/// one until some comes from the second, or the first one's connection closes; then the second is
/// the allocation's and the first is forgotten.
final class Mobility {
    private final int shard;
    private final Surroundings surroundings;
    private final Allocations allocations;
    private final RefreshProcessor refresh;
    private final MobilityTickets tickets;

    Mobility(Surroundings surroundings, Allocations allocations, RefreshProcessor refresh) {
        this.shard = surroundings.shard();
        this.surroundings = surroundings;
        this.allocations = allocations;
        this.refresh = refresh;
        this.tickets = new MobilityTickets(surroundings.shared().ticketKey());
    }

    /// Makes an allocation mobile and returns its first ticket (§3.1.2).
    MobilityTicket start(Allocation allocation) {
        allocations.makeMobile(allocation);
        return issue(allocation);
    }

    /// Returns the allocation that a ticket stands for, whoever brings it, or null.
    @Nullable Allocation find(MobilityTicket presented, long nowNanos) {
        MobilityTickets.Ticket ticket = open(presented);
        return ticket == null ? null : find(ticket, nowNanos);
    }

    /// Returns the shard that issued a ticket, [SharedState#NONE] when none of this server did.
    int shardOf(MobilityTicket presented) {
        MobilityTickets.Ticket ticket = open(presented);
        return ticket == null ? SharedState.NONE : ticket.shard();
    }

    /// Refresh with a ticket (§3.2.2).
    Answer refresh(Request request, MobilityTicket presented) {
        // M-04. "off" is a local policy: 405 tells the client to begin anew without a ticket.
        if (!surroundings.settings().mobility()) {
            return Answer.Refusal.of(
                    ErrorReason.MOBILITY_FORBIDDEN, RefusalCause.MOBILITY_FORBIDDEN);
        }
        long nowNanos = request.nowNanos();
        MobilityTickets.Ticket ticket = open(presented);
        if (ticket == null) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_TICKET);
        }
        // W-10: a ticket of ours whose allocation has ended.
        Allocation allocation = find(ticket, nowNanos);
        if (allocation == null) {
            return Answer.Refusal.of(ErrorReason.ALLOCATION_MISMATCH, RefusalCause.NO_ALLOCATION);
        }
        if (allocation.isAt(request.client())) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_TICKET);
        }
        if (!allocation.owner.isSameUser(request.user())) {
            return Answer.Refusal.of(ErrorReason.WRONG_CREDENTIALS, RefusalCause.WRONG_USER);
        }
        // M-06: a retransmission of the Refresh that it was good for has been answered before.
        if (ticket.generation() != allocation.ticketGeneration) {
            return Answer.Refusal.of(ErrorReason.BAD_REQUEST, RefusalCause.BAD_TICKET);
        }
        // A five-tuple has one allocation at most.
        if (allocations.findLive(request.client(), nowNanos) != null) {
            return Answer.Refusal.of(
                    ErrorReason.ALLOCATION_MISMATCH, RefusalCause.ALLOCATION_EXISTS);
        }
        // F-29: nor does an allocation move to where none could be made.
        if (ClientPolicy.isTunnel(request.client().client())) {
            return Answer.Refusal.of(ErrorReason.FORBIDDEN, RefusalCause.CLIENT_DENIED);
        }
        Answer answer = refresh.process(request, allocation);
        if (!(answer instanceof Answer.Success success) || allocation.ended) {
            return answer;
        }
        allocations.letIn(request.client(), allocation);
        List<StunAttribute> attributes = new ArrayList<>(success.attributes());
        attributes.add(issue(allocation));
        return new Answer.Success(attributes);
    }

    /// A client whose allocation has two five-tuples has sent data from this one (M-05).
    void onData(Allocation allocation, int listener, long high, long low, int port) {
        ClientPath next = allocation.next;
        if (next != null && next.isDatagram(listener, high, low, port)) {
            allocations.move(allocation);
        }
    }

    /// As above, over a stream.
    void onData(Allocation allocation, ClientPath client) {
        if (allocation.next == client) {
            allocations.move(allocation);
        }
    }

    /// A connection with an allocation has closed (C-14).
    void onClosed(ClientPath client, Allocation allocation, long nowNanos) {
        if (allocation.next == client) {
            allocations.forgetNext(allocation);
        } else if (allocation.next != null) {
            // M-05.
            allocations.move(allocation);
        } else if (allocation.isMobile()) {
            long windowNanos =
                    surroundings.settings().mobilityWindowSeconds() * TimerWheel.TICK_NANOS;
            allocations.abandon(allocation, nowNanos + windowNanos, nowNanos);
        } else {
            allocations.end(allocation, EndReason.CONNECTION_CLOSED, nowNanos);
        }
    }

    private @Nullable Allocation find(MobilityTickets.Ticket ticket, long nowNanos) {
        return ticket.shard() == shard ? allocations.findMobile(ticket.serial(), nowNanos) : null;
    }

    private MobilityTickets.@Nullable Ticket open(MobilityTicket presented) {
        return surroundings.settings().mobility() ? tickets.open(presented.value()) : null;
    }

    private MobilityTicket issue(Allocation allocation) {
        allocation.ticketGeneration++;
        return new MobilityTicket(
                tickets.seal(
                        new MobilityTickets.Ticket(
                                shard, allocation.ticketSerial, allocation.ticketGeneration)));
    }

    /// Returns the ticket of a Refresh, or null.
    static @Nullable MobilityTicket ticketIn(StunMessage message) {
        return message.method() == StunMethod.REFRESH ? message.first(MobilityTicket.class) : null;
    }
}
