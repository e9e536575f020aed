package org.turnd.server.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// What stands between one client and the server: nothing, or a NAT whose mappings expire and come
/// back with another port, which is another five-tuple for the server. External ports are never
/// used twice, so that no datagram can reach the wrong client by way of the NAT.
final class VirtualNat {
    enum Kind {
        NONE,
        /// One external port for a local one, whatever the destination.
        CONE,
        /// Another external port for every destination.
        SYMMETRIC
    }

    private static final int FIRST_EXTERNAL_PORT = 1024;
    private static final int ANY_LISTENER = -1;

    private record Key(int localPort, int listener) {}

    private static final class Mapping {
        private final Key key;
        private final int externalPort;
        private long usedNanos;

        private Mapping(Key key, int externalPort) {
            this.key = key;
            this.externalPort = externalPort;
        }
    }

    private final Kind kind;
    private final TransportAddress external;
    private final long idleNanos;
    private final Map<Key, Mapping> byKey = new LinkedHashMap<>();
    private final Map<Integer, Mapping> byExternalPort = new LinkedHashMap<>();
    private int nextExternalPort = FIRST_EXTERNAL_PORT;

    /// @param external the address the server sees, port 0
    /// @param idleNanos how long a mapping lives unused
    VirtualNat(Kind kind, TransportAddress external, long idleNanos) {
        this.kind = kind;
        this.external = external;
        this.idleNanos = idleNanos;
    }

    /// Returns where a datagram from this local port seems to come from.
    TransportAddress outbound(int localPort, int listener, long nowNanos) {
        if (kind == Kind.NONE) {
            return external.withPort(localPort);
        }
        Key key = new Key(localPort, kind == Kind.SYMMETRIC ? listener : ANY_LISTENER);
        Mapping mapping = byKey.get(key);
        if (mapping == null || nowNanos - mapping.usedNanos > idleNanos) {
            mapping = new Mapping(key, nextExternalPort++);
            Mapping old = byKey.put(key, mapping);
            if (old != null) {
                byExternalPort.remove(old.externalPort);
            }
            byExternalPort.put(mapping.externalPort, mapping);
        }
        mapping.usedNanos = nowNanos;
        return external.withPort(mapping.externalPort);
    }

    /// Returns the local port that a datagram from this listener reaches, or null.
    @Nullable Integer inbound(int externalPort, int listener, long nowNanos) {
        if (kind == Kind.NONE) {
            return externalPort;
        }
        Mapping mapping = byExternalPort.get(externalPort);
        if (mapping == null
                || nowNanos - mapping.usedNanos > idleNanos
                || (kind == Kind.SYMMETRIC && mapping.key.listener != listener)) {
            return null;
        }
        mapping.usedNanos = nowNanos;
        return mapping.key.localPort;
    }

    /// Forgets every mapping.
    void reboot() {
        byKey.clear();
        byExternalPort.clear();
    }

    TransportAddress external() {
        return external;
    }
}
