package org.turnd.server.config;

import org.turnd.stun.IceServerUri;
import org.turnd.stun.TransportAddress;

/// How a server knows the address that clients and peers see instead of a relay's own.
public sealed interface ExternalAddress {
    /// What the operator wrote.
    String text();

    /// The address itself.
    ///
    /// @param address port 0
    record Fixed(TransportAddress address) implements ExternalAddress {
        @Override
        public String text() {
            return address.host();
        }
    }

    /// That of a host name.
    record Named(String host) implements ExternalAddress {
        @Override
        public String text() {
            return host;
        }
    }

    /// What a STUN server sees (RFC 8489), asked over UDP from the relay's address.
    ///
    /// @param server a `stun:` URI
    record Seen(IceServerUri server) implements ExternalAddress {
        @Override
        public String text() {
            return server.toString();
        }
    }

    /// Says whether it can become another one while the server runs.
    default boolean mayChange() {
        return !(this instanceof Fixed);
    }
}
