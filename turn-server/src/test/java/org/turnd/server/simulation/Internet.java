package org.turnd.server.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.turnd.stun.TransportAddress;

/// Everybody but the server: clients by the address of their NAT, and peers.
interface Internet {
    /// Swallows everything.
    Internet NOBODY =
            new Internet() {
                @Override
                public void toClient(FiveTuple to, byte[] bytes) {}

                @Override
                public void toPeer(TransportAddress from, TransportAddress to, byte[] bytes) {}

                @Override
                public void shardRestarted(int shard) {}
            };

    /// The server sends to a client.
    void toClient(FiveTuple to, byte[] bytes);

    /// The server sends from a relayed address to a peer.
    void toPeer(TransportAddress from, TransportAddress to, byte[] bytes);

    /// Connections to this shard are gone.
    void shardRestarted(int shard);

    /// Clients and peers of a scenario.
    final class Inhabited implements Internet {
        private final VirtualNetwork network;
        private final SimulatedPeers peers;
        private final Map<TransportAddress, SimulatedClient> byAddress = new LinkedHashMap<>();
        private final List<SimulatedClient> clients = new ArrayList<>();

        Inhabited(VirtualNetwork network, SimulatedPeers peers) {
            this.network = network;
            this.peers = peers;
        }

        void add(SimulatedClient client) {
            clients.add(client);
            byAddress.put(client.nat().external(), client);
        }

        List<SimulatedClient> clients() {
            return clients;
        }

        @Override
        public void toClient(FiveTuple to, byte[] bytes) {
            SimulatedClient client = byAddress.get(to.client().withPort(0));
            if (client == null) {
                return;
            }
            if (!to.transport().isDatagram()) {
                client.toStream(to, bytes);
                return;
            }
            network.carry(
                    bytes,
                    arrived -> {
                        Integer port =
                                client.nat()
                                        .inbound(
                                                to.client().port(),
                                                to.listener(),
                                                network.nowNanos());
                        if (port != null) {
                            client.datagram(port, to.listener(), arrived);
                        }
                    });
        }

        @Override
        public void toPeer(TransportAddress from, TransportAddress to, byte[] bytes) {
            network.carry(bytes, arrived -> peers.receive(from, to, arrived));
        }

        @Override
        public void shardRestarted(int shard) {
            clients.forEach(client -> client.shardRestarted(shard));
        }
    }
}
