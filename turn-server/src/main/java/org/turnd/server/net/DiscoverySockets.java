package org.turnd.server.net;

import java.io.IOException;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import org.turnd.server.config.ServerSettings.BehaviorDiscovery;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.engine.DiscoverySocket;
import org.turnd.stun.TransportAddress;

/// Finds the sockets of NAT behaviour discovery among the open listeners.
final class DiscoverySockets {
    private static final int USUAL_MTU = 1500;

    private final BehaviorDiscovery discovery;
    private final List<Listener> open;

    private DiscoverySockets(BehaviorDiscovery discovery, List<Listener> open) {
        this.discovery = discovery;
        this.open = open;
    }

    /// Returns all of them, four a family.
    ///
    /// @param open listeners in the order of their indexes
    /// @throws IOException when one of them isn't open
    static List<DiscoverySocket> of(BehaviorDiscovery discovery, List<Listener> open)
            throws IOException {
        return new DiscoverySockets(discovery, open).all();
    }

    private List<DiscoverySocket> all() throws IOException {
        var sockets = new ArrayList<DiscoverySocket>();
        for (int i = 0; i < discovery.addresses().size(); i++) {
            for (boolean first : new boolean[] {true, false}) {
                sockets.add(
                        new DiscoverySocket(
                                listener(i, first),
                                discovery.externalAddresses().get(i).withPort(port(first)),
                                listener(i, !first),
                                // Two that follow each other belong together.
                                listener(i ^ 1, first),
                                listener(i ^ 1, !first),
                                mtu(discovery.addresses().get(i))));
            }
        }
        return sockets;
    }

    private int listener(int address, boolean first) throws IOException {
        var wanted =
                new Listener(
                        Protocol.UDP, discovery.addresses().get(address).withPort(port(first)));
        int index = open.indexOf(wanted);
        if (index < 0) {
            throw new IOException("this machine has no address " + wanted.address().host());
        }
        return index;
    }

    private int port(boolean first) {
        return first ? discovery.firstPort() : discovery.secondPort();
    }

    private static int mtu(TransportAddress address) throws IOException {
        NetworkInterface card = NetworkInterface.getByInetAddress(address.toInetAddress());
        int mtu = card == null ? 0 : card.getMTU();
        return mtu > 0 ? mtu : USUAL_MTU;
    }
}
