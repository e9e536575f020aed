package org.turnd.server.engine;

import java.util.List;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

/// Allocations for tables that look at nothing but the five-tuple.
final class BareAllocation {
    static final int LISTENER = 0;

    private BareAllocation() {}

    static Allocation of(TransportAddress client) {
        ClientPath path = ClientPath.datagram(LISTENER, client);
        StunMessage message =
                new StunMessage(
                        StunMethod.ALLOCATE, StunClass.REQUEST, TransactionId.of(1, 1), List.of());
        Request request = new Request(path, message, false, null, null, null, 0);
        return new Allocation(
                new AllocationId(0, 1),
                path,
                Principal.of(
                        new ServedRealm(0, "r"),
                        "alice",
                        new Credential(IntegrityKey.shortTerm("wonderland")),
                        KeyAlgorithm.MD5,
                        false,
                        0),
                new Channels(0, 1),
                new PendingAllocate(request, 600, PortRule.ANY, false, null));
    }
}
