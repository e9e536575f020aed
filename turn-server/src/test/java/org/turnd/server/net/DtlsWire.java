package org.turnd.server.net;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.TransportAddress;

/// A client's DTLS association over a UDP socket of its own.
final class DtlsWire implements Wire {
    private final DatagramSocket socket;
    private final DTLSTransport records;
    private final Client client;

    private DtlsWire(DatagramSocket socket, DTLSTransport records, Client client) {
        this.socket = socket;
        this.records = records;
        this.client = client;
    }

    static DtlsWire connect(TransportAddress server) throws IOException {
        return connect(server, new Client());
    }

    static DtlsWire connect(TransportAddress server, Client client) throws IOException {
        return connect(socket(server), client);
    }

    /// Shakes hands over a connected socket, which is closed when that fails.
    static DtlsWire connect(DatagramSocket socket, Client client) throws IOException {
        try {
            var records = new DTLSClientProtocol().connect(client, new Datagrams(socket));
            return new DtlsWire(socket, records, client);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static DatagramSocket socket(TransportAddress server) throws IOException {
        var socket = new DatagramSocket();
        socket.connect(server.toInetSocketAddress());
        return socket;
    }

    DatagramSocket socket() {
        return socket;
    }

    Client client() {
        return client;
    }

    @Override
    public void send(byte[] message) throws IOException {
        records.send(message, 0, message.length);
    }

    @Override
    public byte[] receive() throws IOException {
        byte[] message = receive(TIMEOUT_MILLIS);
        if (message.length == 0) {
            throw new SocketTimeoutException("nothing came");
        }
        return message;
    }

    /// Sends handshake bytes in the association, as a renegotiation would.
    void sendHandshake(byte[] message) throws IOException {
        records.send(message, 0, message.length);
    }

    /// Returns nothing when nothing comes.
    byte[] receive(int millis) throws IOException {
        byte[] buffer = new byte[records.getReceiveLimit()];
        long end = System.nanoTime() + millis * 1_000_000L;
        int length = -1;
        while (length < 0 && !client.closed && System.nanoTime() < end) {
            length = records.receive(buffer, 0, buffer.length, 50);
        }
        return Arrays.copyOf(buffer, Math.max(0, length));
    }

    @Override
    public TransportAddress local() {
        return TransportAddress.of(socket.getLocalAddress(), socket.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        records.close();
        socket.close();
    }

    /// Leaves without a word.
    void vanish() {
        socket.close();
    }

    /// What the client offers.
    static final class Client extends DefaultTlsClient {
        private List<String> protocols = List.of();
        private ProtocolVersion version = ProtocolVersion.DTLSv12;
        private int[] ciphers = {CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256};
        private boolean closed;

        Client() {
            super(new BcTlsCrypto(new SecureRandom()));
        }

        Client offering(String... names) {
            protocols = List.of(names);
            return this;
        }

        Client version(ProtocolVersion only) {
            version = only;
            return this;
        }

        Client ciphers(int... only) {
            ciphers = only.clone();
            return this;
        }

        /// Says whether the server has closed the association.
        boolean isClosed() {
            return closed;
        }

        String chosenProtocol() {
            ProtocolName chosen =
                    context.getSecurityParametersConnection().getApplicationProtocol();
            return chosen == null ? "" : chosen.getUtf8Decoding();
        }

        int chosenCipher() {
            return context.getSecurityParametersConnection().getCipherSuite();
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return version.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return ciphers;
        }

        @Override
        protected @Nullable Vector<ProtocolName> getProtocolNames() {
            var names = new Vector<ProtocolName>();
            protocols.forEach(name -> names.add(ProtocolName.asUtf8Encoding(name)));
            return names.isEmpty() ? null : names;
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            closed |= description == AlertDescription.close_notify;
        }

        @Override
        public int getHandshakeTimeoutMillis() {
            return TIMEOUT_MILLIS;
        }

        @Override
        public int getHandshakeResendTimeMillis() {
            return 200;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new ServerOnlyTlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {}
            };
        }
    }

    private record Datagrams(DatagramSocket socket) implements DatagramTransport {
        private static final int LIMIT = 16 << 10;

        @Override
        public int getReceiveLimit() {
            return LIMIT;
        }

        @Override
        public int getSendLimit() {
            return LIMIT;
        }

        @Override
        public int receive(byte[] bytes, int offset, int length, int waitMillis)
                throws IOException {
            socket.setSoTimeout(waitMillis);
            var packet = new DatagramPacket(bytes, offset, length);
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException | PortUnreachableException e) {
                return -1;
            }
            return packet.getLength();
        }

        @Override
        public void send(byte[] bytes, int offset, int length) throws IOException {
            socket.send(new DatagramPacket(bytes, offset, length));
        }

        @Override
        public void close() {}
    }
}
