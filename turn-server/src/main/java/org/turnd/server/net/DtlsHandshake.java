package org.turnd.server.net;

import java.io.IOException;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;

/// What this server accepts in one handshake of DTLS 1.2. Sessions are not resumed and not
/// renegotiated, so that nothing is kept for clients that have gone (P-12).
final class DtlsHandshake extends AbstractTlsServer {
    private static final List<Integer> GROUPS =
            List.of(NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1);

    private final DtlsCertificate certificate;
    private final int timeoutMillis;

    DtlsHandshake(TlsCrypto crypto, DtlsCertificate certificate, int timeoutMillis) {
        super(crypto);
        this.certificate = certificate;
        this.timeoutMillis = timeoutMillis;
    }

    /// Says whether the client chose `stun.nat-discovery` (P-05). After the handshake.
    boolean isNatDiscovery() {
        return ApplicationProtocols.isNatDiscovery(protocolName());
    }

    private String protocolName() {
        ProtocolName chosen = context.getSecurityParametersConnection().getApplicationProtocol();
        return chosen == null ? "" : chosen.getUtf8Decoding();
    }

    // P-01: DTLS 1.0 is refused with protocol_version; of 1.3 Bouncy Castle has nothing yet.
    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return certificate.ciphers();
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    // P-04
    @Override
    protected Vector<ProtocolName> getProtocolNames() {
        var names = new Vector<ProtocolName>();
        for (String name : ApplicationProtocols.NAMES) {
            names.add(ProtocolName.asUtf8Encoding(name));
        }
        return names;
    }

    @Override
    protected int getMaximumNegotiableCurveBits() {
        return selectECDH(1) < 0 ? 0 : super.getMaximumNegotiableCurveBits();
    }

    @Override
    protected int selectECDH(int minimumCurveBits) {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        if (offered == null) {
            return NamedGroup.secp256r1;
        }
        for (int group : offered) {
            if (GROUPS.contains(group)) {
                return group;
            }
        }
        return -1;
    }

    @Override
    @SuppressWarnings("unchecked") // as Bouncy Castle documents it
    public TlsCredentials getCredentials() throws IOException {
        Vector<SignatureAndHashAlgorithm> offered =
                (Vector<SignatureAndHashAlgorithm>)
                        context.getSecurityParametersHandshake().getClientSigAlgs();
        return certificate.signer(new TlsCryptoParameters(context), offered);
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return timeoutMillis;
    }
}
