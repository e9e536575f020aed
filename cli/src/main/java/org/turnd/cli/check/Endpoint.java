package org.turnd.cli.check;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.turnd.stun.TransportAddress;

/// One address of a server and what is spoken there.
///
/// @param carrier what carries STUN
/// @param host the name or address literal from the URL, which a certificate has to be made for
/// @param address IP address and port
public record Endpoint(Carrier carrier, String host, TransportAddress address) {
    /// Returns the endpoint at an address that needs no name.
    public static Endpoint of(Carrier carrier, InetAddress address, int port) {
        var transportAddress = TransportAddress.of(address, port);
        return new Endpoint(carrier, transportAddress.host(), transportAddress);
    }

    /// Returns the address as the JDK's sockets want it, with the host's name in it for TLS.
    InetSocketAddress socketAddress() {
        return address.toInetSocketAddress();
    }
}
