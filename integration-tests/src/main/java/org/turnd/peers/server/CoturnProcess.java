package org.turnd.peers.server;

import java.util.ArrayList;
import java.util.List;
import org.turnd.peers.lab.Namespace;

/// Debian's coturn, to tell a fault of the server from one of the harness.
public final class CoturnProcess implements TurnServerProcess {
    private final TurnServerSettings settings;
    private final ServerProcess process;
    private final List<String> command;

    /// Prepares a server; [#start] starts it.
    ///
    /// @param host where it will run
    /// @param settings what it is told
    public CoturnProcess(Namespace host, TurnServerSettings settings) {
        this.settings = settings;
        process = new ServerProcess(host);
        var certificate = SelfSignedCertificate.of(settings.addresses());
        command =
                new ArrayList<>(
                        List.of(
                                "turnserver",
                                "-n",
                                "--no-cli",
                                "--fingerprint",
                                "--log-file=stdout",
                                "--pidfile=coturn.pid",
                                "--userdb=coturn.sqlite",
                                "--use-auth-secret",
                                "--static-auth-secret=" + settings.secret(),
                                "--realm=" + TurnServerSettings.REALM,
                                "--listening-port=" + TurnServerSettings.PORT,
                                "--tls-listening-port=" + TurnServerSettings.TLS_PORT,
                                "--cert="
                                        + process.write(
                                                "certificate.pem", certificate.certificatePem()),
                                "--pkey=" + process.write("key.pem", certificate.keyPem())));
        settings.addresses().forEach(address -> command.add("--listening-ip=" + address));
        settings.addresses().forEach(address -> command.add("--relay-ip=" + address));
        if (!settings.privatePeersAllowed()) {
            command.addAll(
                    List.of(
                            "--denied-peer-ip=10.0.0.0-10.255.255.255",
                            "--denied-peer-ip=fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        }
    }

    @Override
    public void start() {
        process.start(command);
    }

    @Override
    public void stop() {
        process.stop();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public TurnServerSettings settings() {
        return settings;
    }

    @Override
    public String name() {
        return "coturn";
    }

    @Override
    public String log() {
        return process.log();
    }

    @Override
    public void close() {
        process.close();
    }
}
